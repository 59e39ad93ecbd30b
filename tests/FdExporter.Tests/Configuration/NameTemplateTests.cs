using CsCheck;
using FdExporter.Configuration;

namespace FdExporter.Tests.Configuration;

public class NameTemplateTests
{
    [Theory]
    [InlineData("{{.Comm}}", nameof(NameField.Comm), "")]
    [InlineData("{{ .PID }}", nameof(NameField.Pid), "")]
    [InlineData("{{\t.Matches.Cfgfile }}", nameof(NameField.Match), "Cfgfile")]
    [InlineData("{{index .Matches \"Cfgfile\"}}", nameof(NameField.Match), "Cfgfile")]
    [InlineData("{{ index  .Matches  `a_1` }}", nameof(NameField.Match), "a_1")]
    [InlineData("{{.Matches}}", nameof(NameField.Matches), "")]
    [InlineData("plain }} text { }", nameof(NameField.Literal), "plain }} text { }")]
    public void TryParse_OnePart_IsThatPart(string text, string field, string argument)
    {
        Assert.True(NameTemplate.TryParse(text, out NameTemplate? template, out _));
        Assert.Equal([new NamePart(Enum.Parse<NameField>(field), argument)], template.Parts);
    }

    [Fact]
    public void TryParse_Mixed_KeepsTheTextBetween()
    {
        Assert.True(NameTemplate.TryParse("a{{.Unit}}{{.Pod}} b", out NameTemplate? template, out _));
        Assert.Equal(
            [
                new NamePart(NameField.Literal, "a"),
                new NamePart(NameField.Unit, ""),
                new NamePart(NameField.Pod, ""),
                new NamePart(NameField.Literal, " b"),
            ],
            template.Parts);
    }

    [Theory]
    [InlineData("{{}}")]
    [InlineData("{{Comm}}")]
    [InlineData("{{.comm}}")]
    [InlineData("{{.Comm.X}}")]
    [InlineData("{{.Matches.}}")]
    [InlineData("{{.Matches.a.b}}")]
    [InlineData("{{.Matches.a b}}")]
    [InlineData("{{index .Matches \"\"}}")]
    [InlineData("{{index .Matches x}}")]
    [InlineData("{{index .Matches \"x`}}")]
    [InlineData("{{index .Cgroups 0}}")]
    [InlineData("{{- .Comm -}}")]
    [InlineData("{{if .Comm}}x{{end}}")]
    [InlineData("{{/* comment */}}")]
    [InlineData("{{\"literal\"}}")]
    [InlineData("{{.Comm}")]
    [InlineData("{{")]
    public void TryParse_AnythingElseInBraces_IsRefusedAndQuoted(string text)
    {
        Assert.False(NameTemplate.TryParse(text, out _, out string reason));
        Assert.Contains(text.Split("}}")[0], reason, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_AnyText_NeverThrows()
    {
        string[] tokens = ["{{", "}}", "{", "}", ".Comm", ".Matches", ".", "index ", "\"", "`", "x", " "];
        Gen.Int[0, tokens.Length - 1].Array[0, 12].Sample(picks =>
        {
            string text = string.Concat(picks.Select(pick => tokens[pick]));
            Assert.Equal(!NameTemplate.TryParse(text, out _, out string reason), reason.Length > 0);
        });
    }
}
