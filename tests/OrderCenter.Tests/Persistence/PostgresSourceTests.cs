using Npgsql;
using OrderCenter.Persistence.Postgres;

namespace OrderCenter.Tests.Persistence;

/// <summary>What a connection string is given in addition.</summary>
public sealed class PostgresSourceTests
{
    [Fact]
    public async Task A_time_out_cancels_nothing_and_a_session_that_stands_still_holds_nothing()
    {
        var settings = await SettingsAsync("Host=a;Username=u");
        Assert.Equal((-1, 10), (settings.CancellationTimeout, settings.HostRecheckSeconds));
        Assert.Contains("idle_in_transaction_session_timeout=5000", settings.Options, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("read-write", "primary")]
    [InlineData("primary", "primary")]
    public async Task Of_several_hosts_one_that_was_away_is_asked_again_soon(string asked, string used)
    {
        var settings = await SettingsAsync($"Host=a,b;Username=u;Target Session Attributes={asked}");
        Assert.Equal((1, used), (settings.HostRecheckSeconds, settings.TargetSessionAttributes));
    }

    [Fact]
    public void What_postgres_cannot_hold_is_replaced()
    {
        Assert.Equal("a\ufffd", BatchParameters.Storable("a\ud83d"));
        Assert.Equal("\ufffda\ufffd", BatchParameters.Storable("\ude00a\0"));
        Assert.Equal("六十\ud83d\ude00", BatchParameters.Storable("六十\ud83d\ude00"));
    }

    private static async Task<NpgsqlConnectionStringBuilder> SettingsAsync(string connectionString)
    {
        await using var source = PostgresDataSource.ForWriting(connectionString);
        return new NpgsqlConnectionStringBuilder(source.ConnectionString);
    }
}
