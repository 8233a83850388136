using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;

namespace OrderCenter.Hosting;

/// <summary>The console log. It contains what callers send (a product's name, a path), so control characters are escaped: none can end a
/// line, move the cursor or hide text. A failed start is reported in one line by Program, so the framework's stack traces of it are left
/// out.</summary>
internal static class ConsoleLog
{
    public static void AddConsoleLog(this WebApplicationBuilder builder)
    {
        foreach (var plain in builder.Services.Where(service => service.ImplementationType == typeof(ConsoleLoggerProvider)).ToList())
        {
            builder.Services.Remove(plain);
        }
        builder.Services.AddSingleton<ILoggerProvider>(provider => new EscapingConsole(new ConsoleLoggerProvider(
            provider.GetRequiredService<IOptionsMonitor<ConsoleLoggerOptions>>(), provider.GetServices<ConsoleFormatter>())));
        builder.Services.AddHostedService<StartMonitor>();
    }

    /// <summary>The text with its control characters, line and paragraph separators and marks of writing direction as <c>\n</c>,
    /// <c>\u001b</c>, ….</summary>
    /// <param name="text">The text.</param>
    /// <param name="hasLines">Whether it consists of lines, as an exception does: their ends stay.</param>
    public static string Escape(string text, bool hasLines = false)
    {
        if (!text.Any(character => IsEscaped(character, hasLines)))
        {
            return text;
        }
        var escaped = new StringBuilder(text.Length + 16);
        foreach (var character in text)
        {
            _ = !IsEscaped(character, hasLines) ? escaped.Append(character) : character switch
            {
                '\n' => escaped.Append("\\n"),
                '\r' => escaped.Append("\\r"),
                '\t' => escaped.Append("\\t"),
                _ => escaped.Append(CultureInfo.InvariantCulture, $"\\u{(int)character:x4}"),
            };
        }
        return escaped.ToString();
    }

    private static bool IsEscaped(char character, bool hasLines) => !(hasLines && character == '\n')
        && (char.IsControl(character)
            || character is '\u2028' or '\u2029' or '\u200e' or '\u200f' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069'));

    [ProviderAlias("Console")]
    private sealed class EscapingConsole(ConsoleLoggerProvider console) : ILoggerProvider, ISupportExternalScope
    {
        public ILogger CreateLogger(string categoryName) => new EscapingLogger(console.CreateLogger(categoryName), categoryName);

        public void SetScopeProvider(IExternalScopeProvider scopeProvider) => console.SetScopeProvider(new EscapingScopes(scopeProvider));

        public void Dispose() => console.Dispose();
    }

    private sealed class EscapingLogger(ILogger console, string category) : ILogger
    {
        /// <summary>The host and Kestrel log a failed start with its stack trace, and throw it too.</summary>
        private const int HostedServiceStartupFaulted = 11;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => console.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => console.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsReportedByProgram(logLevel, eventId))
            {
                return;
            }
            var text = Escape(formatter(state, exception));
            console.Log(logLevel, eventId, state, exception is null ? null : new EscapedException(exception), (_, _) => text);
        }

        private bool IsReportedByProgram(LogLevel level, EventId eventId) =>
            (category == "Microsoft.Extensions.Hosting.Internal.Host" && eventId.Id == HostedServiceStartupFaulted)
            || (category == "Microsoft.AspNetCore.Server.Kestrel" && level == LogLevel.Critical && !StartMonitor.HasStarted);
    }

    /// <summary>Another exception with its control characters escaped.</summary>
    private sealed class EscapedException(Exception shown) : Exception(Escape(shown.Message), null)
    {
        public override string ToString() => Escape(shown.ToString(), hasLines: true);
    }

    private sealed class EscapingScopes(IExternalScopeProvider scopes) : IExternalScopeProvider
    {
        public void ForEachScope<TState>(Action<object?, TState> callback, TState state) => scopes.ForEachScope(
            (scope, inner) => callback(
                scope?.ToString() is { } text && Escape(text) is var escaped && escaped.Length != text.Length ? escaped : scope, inner),
            state);

        public IDisposable Push(object? state) => scopes.Push(state);
    }

    /// <summary>Notes that the service has started: from then on nothing is left out.</summary>
    private sealed class StartMonitor(IHostApplicationLifetime lifetime) : IHostedService
    {
        private static volatile bool s_hasStarted;

        public static bool HasStarted => s_hasStarted;

        public Task StartAsync(CancellationToken cancellationToken)
        {
            lifetime.ApplicationStarted.Register(static () => s_hasStarted = true);
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
