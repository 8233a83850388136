using System.Text.Json.Nodes;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;
using OrderCenter.Api.Authorization;

namespace OrderCenter.Api;

/// <summary>Adds to the OpenAPI document the token, the query parameters of each route, and the headers.</summary>
internal static class OpenApiDescription
{
    private const string SchemeName = "bearer";
    private const string SessionName = "session";

    public static void Describe(OpenApiOptions options)
    {
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "OrderCenter native API";
            document.Info.Version = "v1";
            var components = document.Components ??= new OpenApiComponents();
            components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>(StringComparer.Ordinal);
            components.SecuritySchemes[SchemeName] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.Http,
                Scheme = "bearer",
                Description = "The token of the setting Admin:Token, or an API token; at /api/v1/changes also a game's own token",
            };
            components.SecuritySchemes[SessionName] = new OpenApiSecurityScheme
            {
                Type = SecuritySchemeType.ApiKey,
                In = ParameterLocation.Cookie,
                Name = SessionCookie.Name,
                Description = $"A session that POST /api/v1/session began; writes carry {CsrfToken.Header} too",
            };
            document.Security =
            [
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(SchemeName, document)] = [] },
                new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(SessionName, document)] = [] },
            ];
            return Task.CompletedTask;
        });
        options.AddOperationTransformer((operation, context, _) =>
        {
            var metadata = context.Description.ActionDescriptor.EndpointMetadata;
            operation.Parameters ??= [];
            foreach (var parameter in metadata.OfType<QueryParameters>().SelectMany(parameters => parameters.Known))
            {
                operation.Parameters.Add(new OpenApiParameter
                {
                    Name = parameter.Name,
                    In = ParameterLocation.Query,
                    Required = parameter.IsRequired,
                    Description = parameter.Description,
                    Schema = Schema(parameter),
                });
            }
            operation.Parameters.Add(
                Header(BearerTokens.ActorHeader, "Who acts, as the bearer of the installation's token says", BearerTokens.ActorMax));
            operation.Description = metadata.OfType<AccessRule>().LastOrDefault()?.Description;
            if (!HttpMethods.IsGet(context.Description.HttpMethod ?? ""))
            {
                operation.Parameters.Add(
                    Header(CsrfToken.Header, "Under a session: the csrfToken that the sign-in answered", CsrfToken.CharactersMax));
            }
            if (!HttpMethods.IsGet(context.Description.HttpMethod ?? "") && !metadata.OfType<IdempotentBody>().Any())
            {
                operation.Parameters.Add(
                    Header(
                        Idempotency.Header, "The same key with the same request again is done once and answered as before",
                        Idempotency.KeyMax));
            }
            if (metadata.OfType<OptionalReason>().Any())
            {
                operation.RequestBody = OptionalReasonBody();
            }
            return Task.CompletedTask;
        });
    }

    private static OpenApiRequestBody OptionalReasonBody() => new()
    {
        Content = new Dictionary<string, OpenApiMediaType>(StringComparer.Ordinal)
        {
            ["application/json"] = new()
            {
                Schema = new OpenApiSchema
                {
                    Type = JsonSchemaType.Object,
                    Properties = new Dictionary<string, IOpenApiSchema>(StringComparer.Ordinal)
                    {
                        ["reason"] = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = FieldChecks.ReasonMax },
                    },
                },
            },
        },
    };

    private static OpenApiParameter Header(string name, string description, int charactersMax) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String, MaxLength = charactersMax },
    };

    private static OpenApiSchema Schema(QueryParameter parameter) => parameter.NumberMax is { } max
        ? new OpenApiSchema { Type = JsonSchemaType.Integer, Format = "int32", Minimum = "1", Maximum = $"{max}" }
        : new OpenApiSchema
        {
            Type = JsonSchemaType.String, Format = parameter.Format, Enum = parameter.Values?.Select(JsonNode (value) => value).ToList(),
        };
}
