using OrderCenter.Api.Authorization;
using OrderCenter.Operators;

namespace OrderCenter.Api.Exports;

/// <summary>The operators and the API tokens as CSV, without anything that is secret.</summary>
internal sealed class HolderExport(OperatorAdministration operators, ApiTokens tokens, CsvExport csv)
{
    private static readonly CsvTable<Operator> s_operators = new(
        "operators",
        ["name", "role", "games", "disabled", "mustChangePassword", "hasSecondFactor", "createdAt", "updatedAt"],
        Write);

    private static readonly CsvTable<ApiToken> s_tokens = new(
        "tokens", ["id", "name", "role", "games", "expiresAt", "createdBy", "createdAt"], Write);

    public static void Map(RouteGroupBuilder group, HolderExport export)
    {
        group.MapGet("/operators.csv", (Delegate)export.SendOperatorsAsync).AsCsv(GameSource.Holder, "The operators", Role.Admin);
        group.MapGet("/tokens.csv", (Delegate)export.SendTokensAsync).AsCsv(GameSource.Holder, "The API tokens", Role.Admin);
    }

    private Task<IResult> SendOperatorsAsync(HttpContext context)
    {
        var games = CallerAccess.Of(context).Games;
        return csv.SendAsync(
            context, s_operators, games,
            CsvExport.Whole(cancellationToken => operators.ListAsync(games, cancellationToken)));
    }

    private Task<IResult> SendTokensAsync(HttpContext context)
    {
        var games = CallerAccess.Of(context).Games;
        return csv.SendAsync(
            context, s_tokens, games, CsvExport.Whole(cancellationToken => tokens.ListAsync(games, cancellationToken)));
    }

    private static void Write(CsvCells cells, Operator one)
    {
        cells.Text(one.Name);
        cells.Text(RoleTexts.All[one.Role]);
        cells.Text(one.Games.Text);
        cells.Flag(one.IsDisabled);
        cells.Flag(one.MustChangePassword);
        cells.Flag(one.CodeSecret is not null);
        cells.Time(one.CreatedMs);
        cells.Time(one.UpdatedMs);
    }

    private static void Write(CsvCells cells, ApiToken token)
    {
        cells.Text(token.Id);
        cells.Text(token.Name);
        cells.Text(RoleTexts.All[token.Role]);
        cells.Text(token.Games.Text);
        cells.Time(token.ExpiresMs);
        cells.Text(token.CreatedBy);
        cells.Time(token.CreatedMs);
    }
}
