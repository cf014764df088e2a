namespace JwtPizza.Ecr.Sandbox.State;

/// <summary>What a sandbox keeps of itself: clients that know its keys go on working after a restart.</summary>
internal sealed record SavedSandbox(string RegistryId, string Region, string AccessKey, string SecretKey, TimeSpan ClockOffset)
{
    private const string Name = "sandbox";

    public static SavedSandbox? Load(StateFolder? state, SandboxOptions options)
    {
        if (state?.Load<SavedSandbox>(Name) is not { } saved) return null;
        return (saved.RegistryId, saved.Region) == (options.RegistryId, options.Region)
            ? saved
            : throw new PizzaException("StateOfAnother", PizzaErrorKind.InvalidArgument,
                $"The state is that of account {saved.RegistryId} in {saved.Region}, not of {options.RegistryId} in {options.Region}. " +
                "Start with that account and region, or with another folder.", options.StatePath);
    }

    public static void Save(StateFolder state, SandboxInfo info, SandboxClock clock) =>
        state.Save(Name, () => new SavedSandbox(info.RegistryId, info.Region, info.AccessKey, info.SecretKey, clock.Offset));
}
