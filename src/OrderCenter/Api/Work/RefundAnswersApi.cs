using OrderCenter.Api.Authorization;
using OrderCenter.Domain;
using OrderCenter.Operators;
using OrderCenter.Payments;
using OrderCenter.Payments.RefundQuestions;
using OrderCenter.ProviderSync.RefundQuestions;

namespace OrderCenter.Api.Work;

/// <summary>Answers to the questions of stores about refunds.</summary>
internal sealed class RefundAnswersApi(OrderPresenter presenter, RefundAnswers answers, ConsumedShares shares)
{
    public static void Map(RouteGroupBuilder group, RefundAnswersApi api)
    {
        group.MapPost("/orders/{orderId}/refund-answer", api.AnswerAsync).For(Role.Finance, GameSource.Order)
            .WithSummary("Answer the question of an order's store whether it should refund the player")
            .Accepts<RefundAnswerJson>("application/json").Produces<OrderJson>();
        group.MapPut("/orders/{orderId}/consumption", api.ConsumeAsync).For(Role.Support, GameSource.Order)
            .WithSummary("Say how much of an order's goods the player has used; stores are told when they ask about a refund")
            .Accepts<ConsumptionJson>("application/json").Produces<OrderJson>();
    }

    private Task<IResult> ConsumeAsync(string orderId, HttpContext context) =>
        RequestBody.ServeAsync(context, ApiJson.Readable.ConsumptionJson, async body =>
        {
            var checks = new FieldChecks();
            var reason = checks.Optional("reason", body.Reason, FieldChecks.ReasonMax);
            CheckShare(checks, body.ConsumedMilliPercent ?? -1);
            if (checks.Fault is { } fault)
            {
                return fault;
            }
            if (await presenter.FindAsync(orderId, context) is not var (order, _))
            {
                return ApiResult.NotFound("order");
            }
            await shares.SaveAsync(order, body.ConsumedMilliPercent!.Value, reason, context.RequestAborted);
            return await presenter.ShowDetailAsync(orderId, context);
        });

    private static void CheckShare(FieldChecks checks, int share)
    {
        if (share is < 0 or > ConsumedShares.Whole)
        {
            checks.Refuse("consumedMilliPercent", $"must be an integer from 0 to {ConsumedShares.Whole}");
        }
    }

    private Task<IResult> AnswerAsync(string orderId, HttpContext context) =>
        RequestBody.ServeAsync(context, ApiJson.Readable.RefundAnswerJson, async body =>
        {
            var checks = new FieldChecks();
            var by = new AuditContext(CallerAccess.Of(context).Actor, checks.Reason(body.Reason));
            var preference = RefundPreferences.Find(body.Preference);
            if (preference is null)
            {
                checks.Refuse("preference", $"must be {RefundPreferences.Form}");
            }
            CheckShare(checks, body.ConsumedMilliPercent ?? 0);
            if (checks.Fault is { } fault)
            {
                return fault;
            }
            if (await presenter.FindAsync(orderId, context) is not var (order, app))
            {
                return ApiResult.NotFound("order");
            }
            var answer = new RefundAnswer(preference!.Value, body.CustomerConsented) { ConsumedShare = body.ConsumedMilliPercent };
            return await answers.AnswerAsync(app, order, answer, by, context.RequestAborted) switch
            {
                RefundAnswerOutcome.Done => await presenter.ShowDetailAsync(orderId, context),
                RefundAnswerOutcome.NotAllowed refused => ApiResult.Conflict(refused.Reason),
                RefundAnswerOutcome.TryLater later => ApiResult.Problem(
                    StatusCodes.Status502BadGateway, $"the store could not be told, try again: {later.Reason}"),
                var other => throw new InvalidOperationException($"unknown outcome {other}"),
            };
        });
}
