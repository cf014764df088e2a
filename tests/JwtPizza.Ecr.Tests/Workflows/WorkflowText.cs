using System.Text;
using JwtPizza.Ecr.Services.Workflows;
using YamlDotNet.RepresentationModel;

namespace JwtPizza.Ecr.Tests.Workflows;

/// <summary>Workflow files of a test.</summary>
internal static class WorkflowText
{
    /// <summary>The course's, from before the containers came:
    /// https://github.com/devops329/devops/blob/main/instruction/deliverable3UnitTesting/deliverable3UnitTesting.md</summary>
    public const string Course = """
        name: CI Pipeline

        on:
          push:
            branches:
              - main
          workflow_dispatch:
        jobs:
          build:
            name: Build
            runs-on: ubuntu-latest
            outputs:
              version: ${{ steps.set_version.outputs.version }}
            services:
              mysql:
                image: mysql:8.0.29
                env:
                  MYSQL_ROOT_PASSWORD: tempdbpassword
                ports:
                  - '3306:3306'
            steps:
              - name: Checkout repo
                uses: actions/checkout@v4

              # The config is not in the repository.
              - name: Write config file
                run: |
                  echo "module.exports = {
                    jwtSecret: '${{ secrets.JWT_SECRET }}',
                  };" > src/config.js

              - name: set version
                id: set_version
                run: |
                  version=$(date +'%Y%m%d.%H%M%S')
                  # for the steps after this one
                  echo "version=$version" >> "$GITHUB_OUTPUT"

        """;

    public static WorkflowOptions Options(string repository = "jwt-pizza-service") =>
        new() { RepositoryName = RepositoryName.Parse(repository) };

    /// <summary>The text after the extension, by way of the bytes of a file.</summary>
    public static string Extend(string text, WorkflowOptions? options = null) =>
        Encoding.UTF8.GetString(Extend(Encoding.UTF8.GetBytes(text), options));

    public static byte[] Extend(byte[] content, WorkflowOptions? options = null)
    {
        WorkflowFile file = WorkflowFile.Read(content, "ci.yml");
        return file.With(WorkflowExtension.Find(file.Lines, "ci.yml", (options ?? Options()).Check()).Added).ToBytes();
    }

    /// <summary>What is added, by name.</summary>
    public static IReadOnlyList<string> Added(string text, WorkflowOptions? options = null) =>
        WorkflowExtension.Find(WorkflowFile.Read(Encoding.UTF8.GetBytes(text), "ci.yml").Lines, "ci.yml", options ?? Options()).Names;

    /// <summary>What the user is told.</summary>
    public static IReadOnlyList<string> Warnings(string text, WorkflowOptions? options = null) =>
        WorkflowExtension.Find(WorkflowFile.Read(Encoding.UTF8.GetBytes(text), "ci.yml").Lines, "ci.yml", options ?? Options()).Warnings;

    public static YamlMappingNode Parse(string text)
    {
        YamlStream stream = [];
        stream.Load(new StringReader(text));
        return (YamlMappingNode)stream.Documents.Single().RootNode;
    }

    /// <summary>Whether every line of one text is in the other, in order.</summary>
    public static bool Holds(string whole, string part)
    {
        using IEnumerator<string> lines = whole.Split('\n').AsEnumerable().GetEnumerator();
        return part.Split('\n').All(line => { while (lines.MoveNext()) if (lines.Current == line) return true; return false; });
    }
}
