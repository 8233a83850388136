using System.Text;
using Microsoft.Extensions.DependencyInjection;
using OrderCenter.Persistence;
using OrderCenter.Tests.Support;

namespace OrderCenter.Tests.Operation;

/// <summary>Whoever has the files of the database, or its dump, has no secret, card, password or token.</summary>
public sealed class AtRestTests(Service service) : IClassFixture<Service>
{
    [Fact]
    public async Task Nothing_secret_is_in_the_files_in_any_form()
    {
        var everything = await EverythingSealed.MakeAsync(service);
        var bytes = StoredBytes.Of(service.Services.GetRequiredService<DatabaseOptions>());
        Assert.True(bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(everything.PaidOrder)) >= 0, "the order itself is in the files");
        foreach (var secret in everything.Secrets)
        {
            var utf8 = Encoding.UTF8.GetBytes(secret);
            var forms = new (string Name, byte[] Bytes)[]
            {
                ("as it is", utf8),
                ("UTF-16", Encoding.Unicode.GetBytes(secret)),
                // The last group may depend on what follows.
                ("base64", Encoding.ASCII.GetBytes(Convert.ToBase64String(utf8)[..^4])),
                ("hexadecimal", Encoding.ASCII.GetBytes(Convert.ToHexStringLower(utf8))),
                ("HEXADECIMAL", Encoding.ASCII.GetBytes(Convert.ToHexString(utf8))),
            };
            Assert.All(forms, form => Assert.True(bytes.AsSpan().IndexOf(form.Bytes) < 0, $"{secret} is in the files, {form.Name}"));
        }
    }
}
