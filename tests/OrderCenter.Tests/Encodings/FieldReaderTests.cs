using OrderCenter.Encodings;

namespace OrderCenter.Tests.Encodings;

public sealed class FieldReaderTests
{
    [Fact]
    public void A_required_field_that_is_missing_or_empty_is_named()
    {
        var missing = new FieldReader(Given.UrlEncoded("a=1"));
        var empty = new FieldReader(Given.UrlEncoded("productid="));

        Assert.Equal("", missing.Required("productid", 128));
        Assert.Equal("productid is missing", missing.Fault);
        Assert.Equal("", empty.Required("productid", 128));
        Assert.Equal("productid is missing", empty.Fault);
    }

    [Fact]
    public void An_optional_field_that_is_missing_or_empty_is_the_empty_text()
    {
        var fields = new FieldReader(Given.UrlEncoded("roleLevel="));

        Assert.Equal("", fields.Optional("roleLevel", 1));
        Assert.Equal("", fields.Optional("roleName", 1));
        Assert.Null(fields.Fault);
    }

    [Theory]
    [InlineData("abcd")]
    [InlineData("%C3%A9%C3%A9%C3%A9%C3%A9")]
    [InlineData("%E4%B8%AD%E6%96%87%E4%B8%AD%E6%96%87")]
    [InlineData("%F0%9F%98%80%F0%9F%98%80%F0%9F%98%80%F0%9F%98%80")]
    public void A_limit_counts_characters_whatever_their_width(string four)
    {
        var atLimit = new FieldReader(Given.UrlEncoded("a=" + four));
        var beyond = new FieldReader(Given.UrlEncoded("a=" + four + "x"));
        var optional = new FieldReader(Given.UrlEncoded("a=x" + four));

        Assert.NotEqual("", atLimit.Required("a", 4));
        Assert.Null(atLimit.Fault);
        Assert.Equal("", beyond.Required("a", 4));
        Assert.Equal("a must be at most 4 characters", beyond.Fault);
        Assert.Equal("", optional.Optional("a", 4));
        Assert.Equal("a must be at most 4 characters", optional.Fault);
    }

    [Theory]
    [InlineData("%00")]
    [InlineData("a%00b")]
    [InlineData("%FF")]
    [InlineData("%C3")]
    [InlineData("%ED%A0%80")]
    public void What_is_not_text_is_refused(string value)
    {
        var fields = new FieldReader(Given.UrlEncoded("a=" + value));

        Assert.Equal("", fields.Optional("a", 10));
        Assert.Equal("a must be UTF-8 text without NUL", fields.Fault);
    }

    [Fact]
    public void The_first_fault_is_kept()
    {
        var fields = new FieldReader(Given.UrlEncoded("b=toolong"));

        fields.Required("a", 1);
        fields.Optional("b", 1);
        fields.Refuse("c", "must be a number");

        Assert.Equal("a is missing", fields.Fault);
    }
}
