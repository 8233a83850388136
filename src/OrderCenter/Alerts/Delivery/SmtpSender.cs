using System.Net.Sockets;
using MailKit;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using OrderCenter.Alerts.Settings;
using OrderCenter.Callbacks.Sending;
using OrderCenter.Encodings;

namespace OrderCenter.Alerts.Delivery;

/// <summary>Sends alerts as mail, over a connection whose address was checked.</summary>
internal static class SmtpSender
{
    /// <returns>Null: the mail server took it; otherwise why not.</returns>
    public static async Task<string?> SendAsync(
        CallbackHttpClient connections, AlertSink sink, IReadOnlyList<AlertMessage> messages, TimeSpan timeMax, TimeProvider clock,
        CancellationToken cancellationToken)
    {
        var smtp = sink.Smtp!;
        using var timeout = new CancellationTokenSource(timeMax, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            using var mail = Write(sink, messages, clock.GetUtcNow());
            using var client = new SmtpClient();
            using var socket = await connections.OpenAsync(smtp.Host!, smtp.PortOrDefault, sink.Networks, either.Token);
            await client.ConnectAsync(socket, smtp.Host!, smtp.PortOrDefault, SecurityOf(smtp), either.Token);
            if (smtp.UserName is { } user)
            {
                await client.AuthenticateAsync(user, smtp.Password!, either.Token);
            }
            await client.SendAsync(mail, either.Token);

            // It is taken: that the server hears of the end changes nothing.
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return $"no answer within {timeMax.TotalSeconds:0} s";
        }
        catch (Exception fault) when (
            fault is HttpRequestException or IOException or SocketException or CommandException or ProtocolException
                or AuthenticationException or SslHandshakeException or NotSupportedException or InvalidOperationException)
        {
            return FaultDescription.Of(fault);
        }
    }

    private static MimeMessage Write(AlertSink sink, IReadOnlyList<AlertMessage> messages, DateTimeOffset now)
    {
        var mail = new MimeMessage
        {
            Subject = AlertText.Title(messages[0], sink.Language) + (messages.Count > 1 ? $" (+{messages.Count - 1})" : ""),
            Date = now,
            Body = new TextPart("plain") { Text = AlertText.Write(messages, sink.Language) },
        };
        mail.From.Add(MailboxAddress.Parse(sink.Smtp!.From!));
        mail.To.AddRange(sink.Smtp.To!.Select(address => MailboxAddress.Parse(address)));

        // What is sent again has the same id: a mail server or reader may leave the second one out.
        mail.MessageId = $"{messages[0].Id}-{messages[^1].Id}@ordercenter";
        return mail;
    }

    private static SecureSocketOptions SecurityOf(SmtpSettings smtp) => smtp.Security switch
    {
        SmtpSettings.Tls => SecureSocketOptions.SslOnConnect,
        SmtpSettings.Unencrypted => SecureSocketOptions.None,
        _ => SecureSocketOptions.StartTls,
    };
}
