// Quartz.NET on its PostgreSQL job store: a durable one-shot trigger for each callback, with a job detail of its own, as ScheduleJob(job, trigger) makes it.
using OrderCenter.Bench.Peers;

await Peer.ServeAsync(new QuartzPeer());
