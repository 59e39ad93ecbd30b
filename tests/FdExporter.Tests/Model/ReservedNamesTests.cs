using FdExporter.Model;

namespace FdExporter.Tests.Model;

public class ReservedNamesTests
{
    [Theory]
    [InlineData("host", "host (namespace)")]
    [InlineData("other", "other (namespace)")]
    [InlineData("payment.service", "payment.service")]
    public void AvoidNamespace_NamesThatMeanSomething_AreMarked(string name, string label) => Assert.Equal(label, ReservedNames.AvoidNamespace(name));
}
