using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Api.Authorization;
using OrderCenter.Operators;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Operators;

/// <summary>contract.md, "Operators, sessions, tokens": who may call what. Every route is looked at.</summary>
public sealed class RolesTests(Service service) : IClassFixture<Service>
{
    private const string Prefix = "/api/v1/";

    /// <summary>What the contract says of each role; the rest reads.</summary>
    private static readonly Dictionary<string, Role> s_contract = new(StringComparer.Ordinal)
    {
        ["POST callbacks/{id}/redeliver"] = Role.Support,
        ["POST callbacks/redeliver"] = Role.Support,
        ["POST callbacks/jobs/{jobId}/cancel"] = Role.Support,
        ["POST orders"] = Role.Support,
        ["POST orders/{orderId}/recheck"] = Role.Support,
        ["POST orders/{orderId}/release"] = Role.Support,
        ["POST orders/{orderId}/close"] = Role.Support,
        ["POST notifications/{id}/replay"] = Role.Support,
        ["PUT users/{uid}"] = Role.Support,
        ["POST users/{uid}/openids"] = Role.Support,
        ["POST orders/{orderId}/paid"] = Role.Finance,
        ["POST orders/{orderId}/refund"] = Role.Finance,
        ["POST statement-fetches"] = Role.Finance,
        ["POST orders/{orderId}/settle"] = Role.Finance,
        ["POST orders/{orderId}/refund-answer"] = Role.Finance,
        ["PUT orders/{orderId}/consumption"] = Role.Support,
        ["POST orders/{orderId}/result"] = Role.Finance,
        ["GET orders/{orderId}/cards"] = Role.Finance,
        ["POST apps/{gameId}/cards"] = Role.Finance,
        ["POST users/{uid}/points"] = Role.Finance,
        ["POST reconciliations"] = Role.Finance,
        ["POST reconciliations/{id}/differences/{number}/repair"] = Role.Finance,
        ["GET reconciliations/{id}/differences.csv"] = Role.Finance,
        ["GET reconciliations.csv"] = Role.Finance,
        ["GET apps.csv"] = Role.Finance,
        ["GET orders.csv"] = Role.Finance,
        ["GET callbacks.csv"] = Role.Finance,
        ["GET notifications.csv"] = Role.Finance,
        ["GET audit.csv"] = Role.Finance,
        ["GET alerts.csv"] = Role.Finance,
        ["GET operators.csv"] = Role.Admin,
        ["GET tokens.csv"] = Role.Admin,
        ["PUT apps/{gameId}"] = Role.Admin,
        ["PUT apps/{gameId}/products"] = Role.Admin,
        ["POST apps/{gameId}/secrets"] = Role.Admin,
        ["POST apps/{gameId}/sign"] = Role.Admin,
        ["POST apps/{gameId}/channels/{name}/try"] = Role.Admin,
        ["POST apps/{gameId}/probe"] = Role.Admin,
        ["POST apps/{gameId}/players/erase"] = Role.Admin,
        ["POST apps/{gameId}/players/export"] = Role.Admin,
        ["GET apps/{gameId}/players/erasures/{erasureId}"] = Role.Admin,
        ["POST apps/{gameId}/channels/{channel}/test"] = Role.Admin,
        ["GET operators"] = Role.Admin,
        ["POST operators"] = Role.Admin,
        ["PATCH operators/{name}"] = Role.Admin,
        ["GET tokens"] = Role.Admin,
        ["POST tokens"] = Role.Admin,
        ["DELETE tokens/{id}"] = Role.Admin,
        ["GET audit/verify"] = Role.Admin,
        ["POST alerts/{id}/acknowledge"] = Role.Support,
        ["GET alert-sinks"] = Role.Admin,
        ["PUT alert-sinks"] = Role.Admin,
        ["POST alert-sinks/{name}/test"] = Role.Admin,
        ["PUT alert-conditions"] = Role.Admin,
    };

    private List<(string Method, string Path, AccessRule? Rule)> Routes =>
    [
        .. service.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(route => route.RoutePattern.RawText?.StartsWith(Prefix, StringComparison.Ordinal) == true)
            .Select(route => (
                route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods[0] ?? "GET", route.RoutePattern.RawText![Prefix.Length..],
                route.Metadata.GetMetadata<AccessRule>())),
    ];

    [Fact]
    public void Every_route_declares_its_role_and_how_its_game_is_known()
    {
        Assert.True(Routes.Count >= 52);
        foreach (var (method, path, rule) in Routes)
        {
            Assert.True(rule is not null, $"{method} {path} declares no role");
            var (own, open) = (path.StartsWith("session", StringComparison.Ordinal), method == "POST" && path == "session");
            Assert.True(own == rule.Role is null && open == rule.IsOpen, $"{method} {path}: only one's own session needs no role");
            if (!own && path != "{**path}")
            {
                var expected = s_contract.GetValueOrDefault($"{method} {path}", Role.Viewer);
                Assert.True(method == "GET" || s_contract.ContainsKey($"{method} {path}"), $"{method} {path} writes and is not in the table of this test");
                Assert.True(expected == rule.Role, $"{method} {path}: {rule.Role}, not {expected}");
            }
            var source = path.Contains("{gameId}", StringComparison.Ordinal) ? GameSource.Route
                : path.Contains("{orderId}", StringComparison.Ordinal) ? GameSource.Order
                : path.Contains("{uid}", StringComparison.Ordinal) ? GameSource.User
                : path.Contains("{jobId}", StringComparison.Ordinal) ? GameSource.Job
                : rule.Game;
            Assert.True(source == rule.Game, $"{method} {path}: its game is known by {rule.Game}");
            Assert.True(rule.Game != GameSource.None || own || path is "{**path}" or "audit/verify", $"{method} {path} says that it has no game");
        }
        Assert.All(s_contract.Keys, call => Assert.Contains(Routes, route => $"{route.Method} {route.Path}" == call));
    }

    [Fact]
    public async Task Each_route_answers_each_role_as_the_table_says()
    {
        foreach (var role in Enum.GetValues<Role>())
        {
            var token = await service.NewTokenAsync(RoleTexts.All[role]);
            foreach (var (method, path, rule) in Routes.Where(route => route.Rule?.Role is not null && route.Path is not ("{**path}" or "events")))
            {
                var address = Regex.Replace(path, "\\{[^}]+\\}", "999999999");
                var (status, json) = await service.WithTokenAsync(token, new HttpMethod(method), "/" + address, method == "GET" ? null : new { });
                var isRefused = status == HttpStatusCode.Forbidden;
                Assert.True(isRefused == role < rule!.Role, $"{method} {path} as {role}: {status} {json}");
            }
        }
    }

    [Fact]
    public async Task A_session_has_the_role_of_its_operator()
    {
        using var viewer = await Person.NewAsync(service, "viewer");
        using var support = await Person.NewAsync(service, "support");
        Assert.Equal(HttpStatusCode.OK, (await viewer.CallAsync(HttpMethod.Get, "/orders")).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await viewer.CallAsync(HttpMethod.Post, "/orders/1/close", new { reason = "x" })).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await support.CallAsync(HttpMethod.Post, "/orders/1/close", new { reason = "x" })).Status);
        Assert.Equal(HttpStatusCode.Forbidden, (await support.CallAsync(HttpMethod.Get, "/operators")).Status);
    }
}
