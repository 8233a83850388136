using System.Net;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using OrderCenter.Channels.Recipes;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Channels.Recipes;

/// <summary>A recipe that could take for proven what the store did not sign is refused, with the field and what is allowed.</summary>
public sealed class RecipeSafetyTests(Service service) : IClassFixture<Service>
{
    private const string Key = "8f3a779ad04b4c51a0e21b7c";

    /// <summary>A recipe without a fault: sorted pairs, HMAC.</summary>
    internal static JsonObject Good() => JsonNode.Parse("""
        {
          "body": "form",
          "signature": { "field": "sign", "algorithm": "md5", "text": "sorted", "empty": "skip", "key": "after", "keyJoin": "&key=" },
          "order": "order", "transaction": "number", "money": { "field": "price", "unit": "main" }, "currency": { "is": "CNY" },
          "state": { "field": "state", "paid": ["1"], "refunded": ["2"], "ignored": ["0"] }, "app": ["appId"],
          "answers": { "accepted": { "body": "ok" }, "refused": { "body": "no" } }
        }
        """)!.AsObject();

    public static TheoryData<string, string, string> Bad => new()
    {
        // What is signed, and how.
        { "signature", "null", "recipe.signature must be a JSON object" },
        { "signature.algorithm", "\"none\"", "recipe.signature.algorithm must be md5, sha1, sha256, hmac-md5, hmac-sha1, hmac-sha256, rsa-md5, rsa-sha1 or rsa-sha256" },
        { "signature.algorithm", "\"MD5\"", "recipe.signature.algorithm must be" },
        { "signature.text", "\"all\"", "recipe.signature.text must be sorted, listed, field or sorted-values" },
        { "signature.encoding", "\"base32\"", "recipe.signature.encoding must be hex or base64" },
        { "signature.case", "\"mixed\"", "recipe.signature.case must be lower, upper or any" },
        { "signature.key", "\"\"", "recipe.signature.key must be after or both" },
        { "signature.key", "\"before\"", "recipe.signature.key must be after or both" },
        { "signature.field", "\"\"", "recipe.signature.field must not be empty" },
        { "signature.field", "\"price\"", "recipe.signature.field must be a field of its own" },
        { "signature.unknown", "1", "recipe.signature.unknown is not a field of this channel" },

        // A field that decides and is not signed.
        { "signature.without", "[\"price\"]", "recipe.money.field must be a field that is signed; price is not" },
        { "signature.without", "[\"order\"]", "recipe.order must be a field that is signed; order is not" },
        { "signature.without", "[\"number\"]", "recipe.transaction must be a field that is signed; number is not" },
        { "signature.without", "[\"state\"]", "recipe.state.field must be a field that is signed; state is not" },
        { "signature.without", "[\"appId\"]", "recipe.app must be a field that is signed; appId is not" },
        { "signature.text", "\"field\"", "recipe.signature.text field needs contents" },
        { "signature.text", "\"sorted-values\"", "recipe.signature.key may be given only where algorithm is a digest without hmac" },
        { "signature.text", "\"listed\"", "recipe.signature.fields must be given where text is listed or sorted-values" },

        // Two payments with one text.
        { "signature.join", "\"\"", "recipe.signature.join must not be empty where text is sorted" },
        { "signature.pair", "\"\"", "recipe.signature.pair must not be empty where text is sorted or join is empty" },
        { "signature.join", "\"a\"", "recipe.signature.join and pair must be different, and hold no letters" },
        { "signature.join", "\"=\"", "recipe.signature.join and pair must be different, and hold no letters" },
        { "signature.pair", "\"1\"", "recipe.signature.join and pair must be different, and hold no letters" },
        { "signature.join", "\"&&&&&\"", "recipe.signature.join must be a string of at most 4 characters" },

        // What decides.
        { "order", "null", "recipe.order must be a string" },
        { "order", "\"number\"", "recipe.order transaction, money, currency, state, sandbox and app must be different fields" },
        { "money", "{}", "recipe.money.field is missing" },
        { "money.unit", "\"cents\"", "recipe.money.unit must be main or hundredths" },
        { "currency", "{}", "recipe.currency must have either is or field" },
        { "currency", "{\"is\":\"CNY\",\"field\":\"c\"}", "recipe.currency must have either is or field" },
        { "currency", "{\"is\":\"1\"}", "recipe.currency.is must be 3 to 8 letters" },
        { "state.paid", "[]", "recipe.state.paid must be a list of 1 to 64 different texts" },
        { "state.paid", "[\"1\",\"1\"]", "recipe.state.paid must be a list of 1 to 64 different texts" },
        { "state.refunded", "[\"1\"]", "recipe.state.paid must name at least one state, and none that refunded or ignored names too" },
        { "app", "[1]", "recipe.app must be a list of 1 to 64 different texts" },

        // Contents, answers, the rest.
        { "contents", "\"data\"", "recipe.contents must be a field that is signed" },
        { "body", "\"xml\"", "recipe.body must be form or json" },
        { "answers.refused", "{\"body\":\"ok\"}", "recipe.answers.refused must differ from accepted" },
        { "answers.accepted.status", "500", "recipe.answers.accepted.status must be an integer from 200 to 299" },
        { "answers.accepted.type", "\"text/html\"", "recipe.answers.accepted.type must be text/plain or application/json" },
        { "answers.accepted.body", "1", "recipe.answers.accepted.body must be a string of at most 512 characters" },
        { "query", "{\"url\":\"x\",\"method\":\"get\",\"answer\":\"json\",\"fields\":{\"a\":\"{order}\"}}", "recipe.query.url must be an absolute http or https address" },
        { "query", "{\"url\":\"https://s/\",\"method\":\"put\",\"answer\":\"json\",\"fields\":{\"a\":\"{order}\"}}", "recipe.query.method must be get or post" },
        { "query", "{\"url\":\"https://s/\",\"method\":\"get\",\"answer\":\"json\",\"fields\":{\"a\":\"1\"}}", "recipe.query.fields must hold {order}" },
        { "query", "{\"url\":\"https://s/\",\"method\":\"get\",\"answer\":\"json\",\"fields\":{\"a\":\"{order}\",\"b\":\"{app.\"}}", "recipe.query.fields b must be a text" },
        { "query", "{\"url\":\"https://s/\",\"method\":\"get\",\"answer\":\"json\",\"fields\":{\"sign\":\"{order}\"}}", "recipe.query.fields must not hold the signature" },
        { "unknown", "1", "recipe.unknown is not a field of this channel" },
    };

    [Fact]
    public void The_recipe_of_these_tests_has_no_fault() => Assert.Empty(Faults(Good()));

    [Theory]
    [MemberData(nameof(Bad))]
    public void A_recipe_with_a_fault_is_refused_at_the_field(string path, string value, string fault)
    {
        var recipe = Good();
        var at = recipe;
        var names = path.Split('.');
        foreach (var name in names[..^1])
        {
            at = at[name]!.AsObject();
        }
        at[names[^1]] = JsonNode.Parse(value);
        if (path == "contents")
        {
            recipe["signature"]!["without"] = new JsonArray("data");
        }
        var faults = Faults(recipe);
        Assert.Contains(faults, found => found.StartsWith(fault, StringComparison.Ordinal) || (fault.Length == 0 && found.Length > 0));
    }

    [Fact]
    public void Values_without_separators_or_names_are_refused_unless_each_is_told_from_the_next()
    {
        IReadOnlyList<string> Listed(string join, string pair, string empty = "keep")
        {
            var recipe = Good();
            var signature = recipe["signature"]!.AsObject();
            (signature["text"], signature["join"], signature["pair"], signature["empty"]) = ("listed", join, pair, empty);
            signature["fields"] = new JsonArray("appId", "number", "order", "price", "state");
            return Faults(recipe);
        }
        Assert.Empty(Listed("&", "="));
        Assert.Empty(Listed("", "="));
        Assert.Empty(Listed("#", ""));
        Assert.Contains(Listed("", ""), fault => fault.StartsWith("recipe.signature.pair must not be empty", StringComparison.Ordinal));
        Assert.Contains(Listed("#", "", "skip"), fault => fault.StartsWith("recipe.signature.empty must be keep", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("null", "key is missing")]
    [InlineData("\"\"", "key must not be empty")]
    [InlineData("\"short\"", "key must be 16 to 512 characters")]
    [InlineData("\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"", "key must be 16 to 512 characters")]
    [InlineData("\"                                \"", "key must be 16 to 512 characters")]
    [InlineData("7", "key must be a string")]
    public void A_key_that_could_be_guessed_is_refused(string key, string fault)
    {
        var settings = Settings(Good());
        settings.Remove("key");
        if (key != "null")
        {
            settings["key"] = JsonNode.Parse(key);
        }
        Assert.Contains(Channel.Faults(Given.Json(settings.ToJsonString())), found => found.StartsWith(fault, StringComparison.Ordinal));
    }

    [Fact]
    public void A_public_key_is_wanted_where_the_store_signs_and_no_other_key()
    {
        var recipe = Good();
        var signature = recipe["signature"]!.AsObject();
        signature["algorithm"] = "rsa-sha256";
        signature.Remove("key");
        signature.Remove("keyJoin");
        Assert.Contains("key must not be given: the recipe verifies with publicKey", Faults(recipe));
        Assert.Contains("publicKey is missing", Faults(recipe));
        IEnumerable<string> With(int bits)
        {
            using var rsa = RSA.Create(bits);
            var settings = Settings(recipe);
            settings.Remove("key");
            settings["publicKey"] = Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo());
            return Channel.Faults(Given.Json(settings.ToJsonString()));
        }
        Assert.Empty(With(2048));
        Assert.Contains(With(1024), fault => fault.StartsWith("publicKey must be an RSA public key of at least 2048 bits", StringComparison.Ordinal));
    }

    [Fact]
    public void Where_no_field_names_the_app_the_stores_key_must_be_the_apps_own()
    {
        var recipe = Good();
        var signature = recipe["signature"]!.AsObject();
        signature["algorithm"] = "rsa-sha256";
        signature.Remove("key");
        signature.Remove("keyJoin");
        using var rsa = RSA.Create(2048);
        IEnumerable<string> With(bool namesApp, bool? isOwn)
        {
            var settings = Settings(recipe);
            settings.Remove("key");
            settings["publicKey"] = Convert.ToBase64String(rsa.ExportSubjectPublicKeyInfo());
            if (!namesApp)
            {
                settings.Remove("app");
                settings["recipe"]!.AsObject().Remove("app");
            }
            if (isOwn is { } own)
            {
                settings["publicKeyIsOwn"] = own;
            }
            return Channel.Faults(Given.Json(settings.ToJsonString()));
        }
        Assert.All(new bool?[] { null, false }, isOwn => Assert.StartsWith("publicKeyIsOwn must be true", Assert.Single(With(namesApp: false, isOwn)), StringComparison.Ordinal));
        Assert.Empty(With(namesApp: false, isOwn: true));
        Assert.Empty(With(namesApp: true, isOwn: null));
        Assert.StartsWith("publicKeyIsOwn must not be given", Assert.Single(With(namesApp: true, isOwn: true)), StringComparison.Ordinal);
    }

    [Fact]
    public void The_fields_that_name_the_app_must_be_given_and_no_others()
    {
        var settings = Settings(Good());
        settings.Remove("app");
        Assert.Contains("app must be an object with appId: the app's names at the store", Channel.Faults(Given.Json(settings.ToJsonString())));
        settings["app"] = new JsonObject { ["other"] = "1" };
        var faults = Channel.Faults(Given.Json(settings.ToJsonString())).ToList();
        Assert.Contains("app.appId is missing", faults);
        Assert.Contains(faults, fault => fault.StartsWith("app.other is not a field", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_put_is_refused_with_the_field_and_the_name_must_be_one()
    {
        async Task<(HttpStatusCode Status, string Text)> Put(string name, JsonNode settings)
        {
            var body = new JsonObject { ["name"] = "n", ["protocol"] = "OrderApi", ["secret"] = "B8899E2039DF87E2", ["channels"] = new JsonObject { [name] = settings } };
            var (status, json) = await service.CallAsync(HttpMethod.Put, $"/api/v1/apps/{Service.NewGameId()}", body);
            return (status, json.ToString());
        }
        Assert.Equal(HttpStatusCode.Created, (await Put("my-store", Settings(Good()))).Status);
        var unsigned = Good();
        unsigned["signature"]!["without"] = new JsonArray("price");
        var (status, text) = await Put("my-store", Settings(unsigned));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("channels.my-store", text, StringComparison.Ordinal);
        Assert.Contains("recipe.money.field must be a field that is signed; price is not", text, StringComparison.Ordinal);
        foreach (var name in new[] { "My-Store", "my_store", "1store", "a.b", "", new string('a', 33), "七" })
        {
            var (refused, why) = await Put(name, Settings(Good()));
            Assert.True(refused == HttpStatusCode.BadRequest, name);
            Assert.Contains("is not installed; allowed: google, apple", why, StringComparison.Ordinal);
        }

        // An installed channel is never described, and a channel without a recipe is none.
        Assert.Contains("recipe is not a field of this channel", (await Put("alipay", Settings(Good()))).Text, StringComparison.Ordinal);
        Assert.Contains("is not installed; allowed: google, apple", (await Put("my-store", new JsonObject { ["key"] = Key })).Text, StringComparison.Ordinal);
        Assert.Contains("or the name of one that ships: douyin, huawei", (await Put("my-store", new JsonObject { ["recipe"] = "none", ["key"] = Key })).Text, StringComparison.Ordinal);
    }

    private static RecipeChannel Channel => new("my-store", Given.Http, Given.Clock);

    internal static JsonObject Settings(JsonObject recipe) =>
        new() { ["recipe"] = recipe.DeepClone(), ["key"] = Key, ["app"] = new JsonObject { ["appId"] = "77" } };

    private static IReadOnlyList<string> Faults(JsonObject recipe) => [.. Channel.Faults(Given.Json(Settings(recipe).ToJsonString()))];
}
