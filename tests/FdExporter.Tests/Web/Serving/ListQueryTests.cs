using FdExporter.Diagnosis;
using FdExporter.Web.Serving;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace FdExporter.Tests.Web.Serving;

public class ListQueryTests
{
    [Fact]
    public void Parameters_AreRead()
    {
        Assert.True(ListQuery.TryRead(Query("?q=app&sort=growth&offset=3&limit=7"), isOrdered: true, 100, out ListQuery list, out string problem), problem);
        Assert.Equal(new ListQuery("app", ProcessOrder.Growth, 3, 7), list);
        Assert.True(ListQuery.TryRead(Query("?q=app"), isOrdered: false, 100, out list, out problem), problem);
        Assert.Equal(new ListQuery("app", ProcessOrder.Fds, 0, 100), list);
    }

    [Theory]
    [InlineData("?sort=growth", false, "sort: unknown parameter; known are q, offset, limit")]
    [InlineData("?sort=", false, "sort: unknown parameter; known are q, offset, limit")]
    [InlineData("?page=2", true, "page: unknown parameter; known are q, sort, offset, limit")]
    [InlineData("?%1b[2Jaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=2", true, "?[2Jaaaaaaaaaaaaaaaaaaaaaaaaaa: unknown parameter; known are q, sort, offset, limit")]
    [InlineData("?offset=1&offset=2", true, "offset: given more than once")]
    [InlineData("?limit=0", true, "limit: not a number from 1 to 1000")]
    public void ParameterWithoutEffect_IsRefusedByName(string query, bool isOrdered, string expected)
    {
        Assert.False(ListQuery.TryRead(Query(query), isOrdered, 100, out _, out string problem));
        Assert.Equal(expected, problem);
    }

    [Fact]
    public void DocumentWithoutAList_HasNone()
    {
        Assert.True(Parameters.Check(Query(""), [], out string problem), problem);
        Assert.False(Parameters.Check(Query("?limit=1"), [], out problem));
        Assert.Equal("limit: unknown parameter; this path has none", problem);
    }

    private static QueryCollection Query(string query) => new(QueryHelpers.ParseQuery(query));
}
