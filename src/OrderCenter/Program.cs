using OrderCenter.Api;
using OrderCenter.Hosting;

// The contents page: settings, then the rooms in the order in which data goes through them, then the doors.
var demo = args is ["demo", ..];
var builder = WebApplication.CreateBuilder(new WebApplicationOptions
{
    Args = demo ? args[1..] : args,
    ContentRootPath = AppContext.BaseDirectory,
    EnvironmentName = demo ? Environments.Development : null,
});
if (!Settings.TryRead(builder.Configuration, builder.Environment, out var settings, out var faults))
{
    faults.ForEach(fault => Console.Error.WriteLine($"setting {fault}"));
    return 1;
}

builder.AddBoundary(settings);
builder.AddObservability();
builder.Services.AddModel(settings);
builder.Services.AddStore(settings);
builder.Services.AddOrders();
builder.Services.AddChannels();
builder.Services.AddProtocols(settings);
builder.Services.AddNativeApi(settings);
if (demo)
{
    builder.Services.AddDemo();
}

var app = builder.Build();
app.UseBoundary(settings);
app.MapObservability();
app.MapProtocols();
app.MapNativeApi();
return await app.ServeAsync();

/// <summary>Named, so that tests can start the service in their own process.</summary>
public sealed partial class Program;
