namespace OrderCenter.Hosting;

internal static class Demo
{
    public static void AddDemo(this IServiceCollection services)
    {
    }
}
