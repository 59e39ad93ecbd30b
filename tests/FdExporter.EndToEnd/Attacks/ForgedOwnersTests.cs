using System.Globalization;
using FdExporter.EndToEnd.Testing;

namespace FdExporter.EndToEnd.Attacks;

/// <summary>
/// A user creates control groups where allowed, with names like those of the system's own. The kernel's paths, no mount but /proc.
/// </summary>
public class ForgedOwnersTests
{
    private const string Id = "9ec39b91f3d70e1beff50a308f77067065ea6be0d91a3378375056cd4422cf3d";
    private const string Pod = "c8bad552-5c99-4d4f-b71c-c426c0cde014";

    /// <summary>Becomes the user within their delegated group, creates another below it, and moves there.</summary>
    private const string Forge = """
        mkdir -p "$0" && chown -R 65533:65533 "$0" && echo $$ > "$0/cgroup.procs" || exit 1
        exec setpriv --reuid=65533 --regid=65533 --clear-groups bash -c 'mkdir -p "$0/$1" && echo $$ > "$0/$1/cgroup.procs" && echo ready && read -t 30 go' "$0" "$1"
        """;

    [Theory]
    [InlineData("payment.service", "user@65533.service/payment.service", "", "")]
    [InlineData("system.slice/payment.service", "user@65533.service/payment.service", "", "")]
    [InlineData("docker-" + Id + ".scope", "user@65533.service", "user@65533.service/9ec39b91f3d7", "")]
    [InlineData("kubepods/burstable/pod" + Pod + "/" + Id, "user@65533.service", "user@65533.service/9ec39b91f3d7", "user@65533.service/" + Pod)]
    public async Task GroupsOfAUser_HaveTheUsersName(string forged, string unit, string container, string pod)
    {
        string mount = Directory.CreateTempSubdirectory("fd-exporter-test-").FullName;
        bool isMounted = (await Child.RunAsync("mount", null, "-t", "cgroup2", "none", mount)).ExitCode == 0;
        string users = Path.Combine(mount, "user.slice");
        string slice = Path.Combine(users, "user-65533.slice");
        bool hasUsers = Directory.Exists(users);
        try
        {
            Assert.SkipUnless(isMounted && TryCreate(slice), "cgroup2 may not be written here");
            await using Child user = Child.Start("bash", "-c", Forge, Path.Combine(slice, "user@65533.service"), forged);
            await user.WaitForLineAsync("ready");
            await using Exporter exporter = await Exporter.StartAsync("--limits.top-processes=10000");
            string info = (await exporter.ScrapeAsync()).With("fd_process_info", ("pid", user.Pid.ToString(CultureInfo.InvariantCulture))).Single().Key;
            Assert.Equal((unit, container, pod), (Metrics.LabelOf(info, "unit"), Metrics.LabelOf(info, "container_id"), Metrics.LabelOf(info, "pod_uid")));
        }
        finally
        {
            if (isMounted)
            {
                foreach (string folder in Directory.GetDirectories(slice, "*", SearchOption.AllDirectories).OrderByDescending(static path => path.Length).Append(slice).Concat(hasUsers ? [] : [users]))
                {
                    await Eventually.TrueAsync(() => TryRemove(folder), () => $"{folder} is still used");
                }

                await Child.RunAsync("umount", null, mount);
            }

            Directory.Delete(mount);
        }
    }

    private static bool TryCreate(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // The files in a control group's folder belong to the kernel and disappear with it.
    private static bool TryRemove(string folder)
    {
        try
        {
            Directory.Delete(folder);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
