using JwtPizza.Ecr.Services.Docker;

namespace JwtPizza.Ecr.Services.Images;

/// <summary>Adds up what several uploads have sent, and tells of it ten times a second at most.</summary>
internal sealed class PushMeter(long total, IProgress<BuildProgress>? progress)
{
    private const int ReportEvery = 100;
    private long _sent, _reportedAt;

    public void Add(long n)
    {
        long sent = Interlocked.Add(ref _sent, n), now = Environment.TickCount64, last = Interlocked.Read(ref _reportedAt);
        if (now - last < ReportEvery || Interlocked.CompareExchange(ref _reportedAt, now, last) != last) return;
        progress?.Report(new($"{sent / 1e6:0.0} of {total / 1e6:0.0} MB", total == 0 ? 100 : (int)Math.Clamp(100 * sent / total, 0, 100)));
    }
}
