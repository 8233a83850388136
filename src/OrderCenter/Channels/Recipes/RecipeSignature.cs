namespace OrderCenter.Channels.Recipes;

/// <summary>How a store signs, as a recipe describes it.</summary>
internal sealed record RecipeSignature
{
    /// <summary>All fields but a few, in the order of their names, as <c>name=value</c>.</summary>
    public const string Sorted = "sorted";

    /// <summary>The named fields in the order in which they are named.</summary>
    public const string Listed = "listed";

    /// <summary>The value of one field, as it was sent.</summary>
    public const string Field = "field";

    /// <summary>The values of the named fields and the key, in the order of the values, one after the other.</summary>
    public const string SortedValues = "sorted-values";

    public const string Hex = "hex";
    public const string Base64 = "base64";
    public const string Lower = "lower";
    public const string Upper = "upper";
    public const string AnyCase = "any";
    public const string Skip = "skip";
    public const string Keep = "keep";
    public const string After = "after";
    public const string Both = "both";
    public const string Plain = "plain";
    public const string Md5 = "md5";
    private const int JoinMax = 4;
    private const int KeyJoinMax = 16;

    /// <summary>The field with the signature, beside what is signed.</summary>
    public required string Name { get; init; }

    public required SignatureAlgorithm? Algorithm { get; init; }
    public required string Encoding { get; init; }
    public required string Case { get; init; }
    public required string Text { get; init; }

    /// <summary>Whether the fields are those of the contents, and not those beside them.</summary>
    public required bool IsOverContents { get; init; }

    /// <summary>Of <see cref="Listed"/> and <see cref="SortedValues"/>.</summary>
    public required IReadOnlyList<string> Fields { get; init; }

    /// <summary>Of <see cref="Sorted"/>: fields that are not signed, beside the signature itself.</summary>
    public required IReadOnlyList<string> Without { get; init; }

    /// <summary>Between a name and its value; empty: names are not written.</summary>
    public required string Pair { get; init; }

    /// <summary>Between fields.</summary>
    public required string Join { get; init; }

    /// <summary>Whether fields without a value are left out.</summary>
    public required bool SkipsEmpty { get; init; }

    /// <summary><see cref="After"/> or <see cref="Both"/>; of digests without HMAC.</summary>
    public required string Key { get; init; }

    /// <summary>Between the text and the key.</summary>
    public required string KeyJoin { get; init; }

    /// <summary>Whether the key is written as its own MD5, lower-case hexadecimal.</summary>
    public required bool IsKeyHashed { get; init; }

    public static RecipeSignature Read(RecipeFields fields, bool hasContents)
    {
        fields.OnlyKnown(
            "field", "algorithm", "encoding", "case", "text", "over", "fields", "without", "pair", "join", "empty", "key", "keyJoin",
            "keyForm");
        var algorithm = SignatureAlgorithm.Find(fields.Choice("algorithm", SignatureAlgorithm.Names));
        var text = fields.Choice("text", [Sorted, Listed, Field, SortedValues]);
        var over = fields.Choice("over", ["body", "contents"], "body");
        if (over == "contents" && (!hasContents || text is Field or SortedValues))
        {
            fields.Refuse("over", "may be contents only where the recipe has contents and text is sorted or listed");
        }
        var encoding = fields.Choice("encoding", [Hex, Base64], algorithm?.IsRsa == true ? Base64 : Hex);
        var isInText = algorithm?.HasKeyInText == true;
        var isInValues = text == SortedValues;
        return new RecipeSignature
        {
            Name = fields.Required("field"),
            Algorithm = algorithm,
            Encoding = encoding,
            Case = Only("case", encoding == Hex, "where encoding is hex", [Lower, Upper, AnyCase], Lower),
            Text = text,
            IsOverContents = over == "contents",
            Fields = fields.Texts("fields"),
            Without = fields.Texts("without"),
            Pair = fields.TextOrEmpty("pair", JoinMax) ?? (text == SortedValues ? "" : "="),
            Join = fields.TextOrEmpty("join", JoinMax) ?? (text == SortedValues ? "" : "&"),
            SkipsEmpty = fields.Choice("empty", [Skip, Keep], Keep) == Skip,
            Key = isInText && !isInValues
                ? fields.Choice("key", [After, Both])
                : Only("key", false, "only where algorithm is a digest without hmac and text is not sorted-values", [After, Both], After),
            KeyJoin = fields.TextOrEmpty("keyJoin", KeyJoinMax) ?? "",
            IsKeyHashed = fields.Choice("keyForm", [Plain, Md5], Plain) == Md5,
        };

        string Only(string name, bool isAllowed, string where, string[] choices, string absent)
        {
            if (!isAllowed && fields.Has(name))
            {
                fields.Refuse(name, $"may be given {where}");
            }
            return isAllowed ? fields.Choice(name, choices, absent) : absent;
        }
    }

    /// <summary>A signature as it is written.</summary>
    public string Encode(byte[] signature) => Encoding == Base64 ? Convert.ToBase64String(signature)
        : Case == Upper ? Convert.ToHexString(signature)
        : Convert.ToHexStringLower(signature);

    /// <summary>Whether a field among those that are signed over is in the signed text.</summary>
    public bool Signs(string field) => Text switch
    {
        Sorted => field != Name && !Without.Contains(field, StringComparer.Ordinal),
        Listed or SortedValues => Fields.Contains(field, StringComparer.Ordinal) && field != Name,
        _ => false,
    };
}
