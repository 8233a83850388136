using System.Globalization;

namespace OrderCenter.Bench;

/// <summary>How long things took, as one line for a script.</summary>
internal static class Percentiles
{
    /// <summary><c>count p50 p99 max</c>, in the unit of what was measured; zeros of nothing.</summary>
    public static string Of(IEnumerable<double> measured)
    {
        var sorted = measured.Order().ToArray();
        double At(double part) => sorted.Length == 0 ? 0 : sorted[Math.Min(sorted.Length - 1, (int)(sorted.Length * part))];
        return string.Create(CultureInfo.InvariantCulture, $"{sorted.Length} {At(0.5):F2} {At(0.99):F2} {At(1):F2}");
    }
}
