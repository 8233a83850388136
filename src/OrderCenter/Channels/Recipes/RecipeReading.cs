using System.Security.Cryptography;
using System.Text;
using OrderCenter.Domain;
using OrderCenter.Encodings;
using OrderCenter.Payments;
using OrderCenter.Payments.Notifications;

namespace OrderCenter.Channels.Recipes;

/// <summary>One notification as a recipe reads it: authenticated first, then what it reports.</summary>
internal sealed class RecipeReading
{
    private const int SignatureCharsMax = 4096;
    private readonly string _channel;
    private readonly RecipeSettings _settings;

    private RecipeReading(string channel, RecipeSettings settings, RecipeInput? input, string? fault)
    {
        (_channel, _settings, Input) = (channel, settings, input);
        Refusal = input is null ? fault : FindRefusal(input);
        Ambiguity = Refusal is null ? SignedText.FindAmbiguity(Recipe, input!) : null;
    }

    /// <summary>Its fields; null: it is none of this recipe.</summary>
    public RecipeInput? Input { get; }

    /// <summary>Why it is not the store's for this app; null: it is.</summary>
    public string? Refusal { get; }

    /// <summary>Why its text could be another payment's too; null: it could not.</summary>
    public string? Ambiguity { get; }

    private Recipe Recipe => _settings.Recipe;

    public static RecipeReading Of(string channel, RecipeSettings settings, ReadOnlyMemory<byte> body) =>
        RecipeInput.TryRead(settings.Recipe, body, out var input, out var fault)
            ? new RecipeReading(channel, settings, input, null)
            : new RecipeReading(channel, settings, null, fault);

    /// <summary>Whether the parameters of a query are signed as the fields of a body are; it says nothing of a payment.</summary>
    public static bool IsSignedQuery(RecipeSettings settings, ParameterSet parameters) =>
        parameters.Text(settings.Recipe.Signature.Name) is { Length: > 0 and <= SignatureCharsMax } signature
        && IsSigned(settings, new RecipeInput(parameters, new ParameterSet()), signature);

    /// <summary>Its id: repetitions share it, and whatever else has the same signed text.</summary>
    public AuthenticationResult Authentication()
    {
        if (Refusal is not null)
        {
            return new AuthenticationResult.Refused(Refusal);
        }
        var facts = Ambiguity is null && TryFacts(out _)
            ? Encoding.UTF8.GetBytes(string.Join('\n', Recipe.Deciding.Select(field => Input!.Contents.Text(field.Name))))
            : SignedText.Write(Recipe, Input!, default);
        return new AuthenticationResult.Genuine("sha256:" + Convert.ToHexStringLower(SHA256.HashData(facts)));
    }

    /// <summary>What an authentic notification reports.</summary>
    public ProviderEvent ToEvent()
    {
        if (Ambiguity is { } ambiguity)
        {
            return new ProviderEvent.Ignored($"authentic, but not certain: {ambiguity}") { IsUnreadable = true };
        }
        if (!TryFacts(out var fault))
        {
            return new ProviderEvent.Ignored($"authentic, and cannot be read: {fault}") { IsUnreadable = true };
        }
        var fields = Input!.Contents;
        var state = Recipe.State is { } name ? fields.Text(name) : null;
        var payment = ToPayment();
        if (state is not null && Recipe.RefundedStates.Contains(state, StringComparer.Ordinal))
        {
            return new ProviderEvent.Refunded(payment, $"{_channel} reports {state}");
        }
        if (state is not null && !Recipe.PaidStates.Contains(state, StringComparer.Ordinal))
        {
            return new ProviderEvent.Ignored($"the payment is in the state {state}")
            {
                IsUnreadable = !Recipe.IgnoredStates.Contains(state, StringComparer.Ordinal),
            };
        }
        return new ProviderEvent.Paid(OrderId.TryParse(fields.Text(Recipe.Order), out var id) ? id : null, payment);
    }

    private Payment ToPayment()
    {
        var fields = Input!.Contents;
        Recipe.TryMoney(fields.Text(Recipe.Money)!, out var money);
        var isSandbox = Recipe.Sandbox is { } mark && Recipe.SandboxValues.Contains(fields.Text(mark), StringComparer.Ordinal);
        return new Payment
        {
            Channel = _channel,
            Environment = isSandbox ? Payment.Sandbox : Payment.Production,
            TransactionId = fields.Text(Recipe.Transaction)!,
            Money = money,
            Currency = Recipe.Currency ?? fields.Text(Recipe.CurrencyField!),
        };
    }

    /// <summary>Whether everything that decides is there and has its form.</summary>
    private bool TryFacts(out string fault)
    {
        var fields = Input!.Contents;
        var odd = Recipe.Deciding.FirstOrDefault(field => !HasForm(field.Name, field.IsRequired)).Name;
        fault = Input.ContentsFault is { } unreadable ? unreadable
            : odd is not null ? $"{odd} is missing or malformed"
            : !Recipe.TryMoney(fields.Text(Recipe.Money)!, out _) ? $"{Recipe.Money} is no amount"
            : Recipe.CurrencyField is { } currency && !Currency.IsValid(fields.Text(currency)!) ? $"{currency} is no currency"
            : "";
        return fault.Length == 0;

        bool HasForm(string name, bool isRequired) =>
            (!isRequired && !(fields.TryGet(name, out var value) && value.Length > 0)) || Recipe.IsValue(fields.Text(name));
    }

    /// <summary>Signed first; then for this app.</summary>
    private string? FindRefusal(RecipeInput input)
    {
        if (input.Body.Text(Recipe.Signature.Name) is not { Length: > 0 and <= SignatureCharsMax } signature
            || !IsSigned(_settings, input, signature))
        {
            return $"{Recipe.Signature.Name} is not the store's signature of it";
        }
        return input.ContentsFault is null
            && Recipe.App.FirstOrDefault(name => input.Contents.Text(name) != _settings.App[name]) is { } other
                ? $"it is for another {other}"
                : null;
    }

    private static bool IsSigned(RecipeSettings settings, RecipeInput input, string signature)
    {
        var rule = settings.Recipe.Signature;
        if (!TryDecode(rule, signature, out var given))
        {
            return false;
        }
        if (rule.Algorithm!.IsRsa)
        {
            return settings.PublicKey!.Verify(SignedText.Write(settings.Recipe, input, default), given, rule.Algorithm.Digest);
        }
        return CryptographicOperations.FixedTimeEquals(
            rule.Algorithm.Sign(SignedText.Write(settings.Recipe, input, settings.Key), settings.Key), given);
    }

    private static bool TryDecode(RecipeSignature rule, string text, out byte[] bytes)
    {
        if (rule.Encoding == RecipeSignature.Base64)
        {
            return StrictBase64.TryDecode(text, out bytes);
        }
        bytes = [];
        var odd = rule.Case switch
        {
            RecipeSignature.Lower => text.Any(char.IsAsciiLetterUpper),
            RecipeSignature.Upper => text.Any(char.IsAsciiLetterLower),
            _ => false,
        };
        if (odd || text.Length % 2 != 0 || !text.All(char.IsAsciiHexDigit))
        {
            return false;
        }
        bytes = Convert.FromHexString(text);
        return true;
    }
}
