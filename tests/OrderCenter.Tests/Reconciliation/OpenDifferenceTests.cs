using System.Net;
using OrderCenter.Tests.Api;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Reconciliation;

/// <summary>What is still to be done is asked for, and counted down.</summary>
public sealed class OpenDifferenceTests(Service service) : IClassFixture<Service>
{
    [Fact]
    public async Task What_is_repaired_is_no_longer_open_in_the_count_the_list_and_the_export()
    {
        var ledger = await Ledger.NewAsync(service);
        var found = await ledger.ReconcileAsync("google", ledger.Statement("google", [ledger.Sale(Ledger.NewNumber("GPA.1")), ledger.Sale(Ledger.NewNumber("GPA.2"))]));
        Assert.Equal((2, 2), Counts(found.Json));
        Assert.Contains(found.Id, await IdsAsync($"/reconciliations?gameId={ledger.GameId}&open=true"));

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => RepairAsync(found.Id, 1)));
        Assert.Equal((2, 1), Counts(await service.GetAsync("/reconciliations/" + found.Id)));
        Assert.Equal([2], await NumbersAsync(found.Id, "repair=open"));
        Assert.Equal([1], await NumbersAsync(found.Id, "repair=done"));
        Assert.Equal([2], await NumbersAsync(found.Id, "repair=open&kind=missingHere"));
        Assert.Empty(await NumbersAsync(found.Id, "repair=open&kind=missingThere"));
        Assert.Empty(await NumbersAsync(found.Id, "repair=begun"));
        using var csv = await service.SendAsync(HttpMethod.Get, $"/api/v1/reconciliations/{found.Id}/differences.csv?repair=open");
        Assert.Equal(2, (await csv.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);

        await RepairAsync(found.Id, 2);
        Assert.Equal((2, 0), Counts(await service.GetAsync("/reconciliations/" + found.Id)));
        Assert.DoesNotContain(found.Id, await IdsAsync($"/reconciliations?gameId={ledger.GameId}&open=true"));
        Assert.Contains(found.Id, await IdsAsync($"/reconciliations?gameId={ledger.GameId}&open=false"));
    }

    [Theory]
    [InlineData("/reconciliations?open=yes")]
    [InlineData("/reconciliations/rec0/differences?repair=never")]
    [InlineData("/reconciliations/rec0/differences.csv?repair=never")]
    public async Task A_filter_that_is_none_is_refused_with_what_is_allowed(string path)
    {
        using var response = await service.SendAsync(HttpMethod.Get, "/api/v1" + path);
        await Native.AssertProblemAsync(response, HttpStatusCode.BadRequest);
    }

    private static (long Differences, long Open) Counts(System.Text.Json.JsonElement json) => (json.GetProperty("differences").GetInt64(), json.GetProperty("open").GetInt64());

    private async Task RepairAsync(string id, long number) =>
        Assert.Equal(HttpStatusCode.OK, (await service.CallAsync(HttpMethod.Post, $"/api/v1/reconciliations/{id}/differences/{number}/repair", new { action = "ignore", reason = "seen" })).Status);

    private async Task<IEnumerable<string?>> IdsAsync(string path) =>
        (await service.GetAsync(path)).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString());

    private async Task<IEnumerable<long>> NumbersAsync(string id, string query) =>
        (await service.GetAsync($"/reconciliations/{id}/differences?{query}")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("number").GetInt64());
}
