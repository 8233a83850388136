using System.Globalization;
using System.Net;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Persistence;
using OrderCenter.Tests.Operators;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Api;

/// <summary>An export that is long enough to outlive the session that asked for it.</summary>
public sealed class ExportEndTests(Service service) : IClassFixture<Service>
{
    /// <summary>Far more than the buffers between service and reader hold: the service waits for the reader.</summary>
    private const int Orders = 6_000;
    private const int CharactersOfOrder = 4_000;

    /// <summary>More than the period in which an export asks whether its caller may still have it.</summary>
    private static readonly TimeSpan Recheck = TimeSpan.FromSeconds(31);

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_export_ends_with_its_callers_session_and_then_is_no_whole_document(bool signsOut)
    {
        var game = (await service.NewGameAsync()).GameId;
        await SeedAsync(long.Parse(game, CultureInfo.InvariantCulture));
        using var person = await Person.NewAsync(service, "finance");
        using var answer = await person.OpenAsync("/orders.csv?gameId=" + game);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await using var body = await answer.Content.ReadAsStreamAsync(Now);
        var buffer = new byte[1 << 16];
        await body.ReadExactlyAsync(buffer, Now);
        if (signsOut)
        {
            Assert.Equal(HttpStatusCode.NoContent, (await person.CallAsync(HttpMethod.Delete, "/session")).Status);
        }
        service.Clock.Advance(Recheck);

        var lines = (long)buffer.AsSpan().Count((byte)'\n');
        async Task ReadAllAsync()
        {
            int read;
            while ((read = await body.ReadAsync(buffer, Now)) > 0)
            {
                lines += buffer.AsSpan(0, read).Count((byte)'\n');
            }
        }
        if (signsOut)
        {
            await Assert.ThrowsAnyAsync<IOException>(ReadAllAsync);
            Assert.InRange(lines, 1, Orders);
        }
        else
        {
            await ReadAllAsync();
            Assert.Equal(Orders + 1, lines);
        }
    }

    private async Task SeedAsync(long game)
    {
        var text = new string('x', CharactersOfOrder);
        foreach (var part in Enumerable.Range(0, Orders).Chunk(500))
        {
            var rows = part.Select(i => $"('{game}{i:D8}', {game}, 'p', 'p', 65000, 'CNY', 'u', 1, '{{\"roleID\":\"{text}\"}}', {i}, {i}, 0, 0, 0)");
            await service.Services.GetRequiredService<Database>().WriteAsync(
                transaction => transaction.ExecuteAsync(
                    "INSERT INTO orders (order_id, game_id, product_id, product_name, amount_e4, currency, user_id, quantity, attributes, created_ms, expires_ms, pay_state, progress, is_test) " +
                    "VALUES " + string.Join(", ", rows)),
                Now);
        }
    }
}
