using YamlDotNet.RepresentationModel;
using static JwtPizza.Ecr.Tests.Workflows.WorkflowText;

namespace JwtPizza.Ecr.Tests.Workflows;

/// <summary>What is there already, in other words than ours, is left, and only what lacks is added.</summary>
public sealed class WorkflowRecognitionTests
{
    private static readonly WorkflowOptions s_withService = Options() with { Service = "jwt-pizza-service" };

    /// <summary>The workflow at the end of the course's chapter on ECR:
    /// https://github.com/devops329/devops/blob/main/instruction/awsEcr/awsEcr.md</summary>
    private const string Ecr = """
        name: CI Pipeline
        on:
          push:
            branches:
              - main
        jobs:
          build:
            runs-on: ubuntu-latest
            outputs:
              version: ${{ steps.set_version.outputs.version }}
            steps:
              - uses: actions/checkout@v4
              - name: Create dist
                run: |
                  mkdir dist
                  cp Dockerfile dist
                  cp -r src/* dist
                  cp *.json dist
                  sed -i "s/root/${{ secrets.DB_USERNAME }}/g" dist/config.js
                  sed -i "s/tempdbpassword/${{ secrets.DB_PASSWORD }}/g" dist/config.js
                  sed -i "s/127.0.0.1/${{ secrets.DB_HOSTNAME }}/g" dist/config.js
              - name: Update distribution artifact
                uses: actions/upload-artifact@v4
                with:
                  name: package
                  path: dist/
          deploy:
            runs-on: ubuntu-latest
            permissions:
              id-token: write
            needs: build
            steps:
              - name: Download distribution artifact
                uses: actions/download-artifact@v4
                with:
                  name: package
              - name: Create OIDC token to AWS
                uses: aws-actions/configure-aws-credentials@v4
                with:
                  audience: sts.amazonaws.com
                  aws-region: us-east-1
                  role-to-assume: arn:aws:iam::${{ secrets.AWS_ACCOUNT }}:role/${{ secrets.CI_IAM_ROLE }}
              - name: Login to Amazon ECR
                id: login-ecr
                uses: aws-actions/amazon-ecr-login@v2
              - name: Set up Docker build
                uses: docker/setup-buildx-action@v3
              - name: Build and push container image
                id: build-image
                env:
                  ECR_REGISTRY: ${{ steps.login-ecr.outputs.registry }}
                  ECR_REPOSITORY: 'jwt-pizza-service'
                run: |
                  docker build --platform=linux/arm64 -t $ECR_REGISTRY/$ECR_REPOSITORY --push .
                  echo "image=$ECR_REGISTRY/$ECR_REPOSITORY:latest" >>  $GITHUB_OUTPUT

        """;

    private const string Deployment =
        "      - name: Deploy new container\n        run: aws ecs update-service --cluster jwt-pizza-service --service " +
        "jwt-pizza-service --force-new-deployment\n";

    private static string BuildOnly => Ecr[..Ecr.IndexOf("  deploy:", StringComparison.Ordinal)];

    [Fact]
    public void The_steps_of_the_course_get_just_the_deployment_that_they_lack()
    {
        Assert.Empty(Added(Ecr));
        Assert.Equal(["step 'Deploy new container' of the job 'deploy'"], Added(Ecr, s_withService));
        Assert.Equal(Ecr + Deployment, Extend(Ecr, s_withService));
        Assert.Empty(Added(Ecr + Deployment, s_withService));
    }

    [Fact]
    public void Other_names_of_steps_and_jobs_change_nothing_in_that()
    {
        string renamed = Ecr.Replace("name: Create dist", "name: Make dist", StringComparison.Ordinal)
            .Replace("name: Update distribution artifact", "name: Keep dist", StringComparison.Ordinal)
            .Replace("  deploy:", "  push:", StringComparison.Ordinal);
        Assert.Equal(renamed + Deployment, Extend(renamed, s_withService));
        string moved = Ecr.Replace("  build:", "  compile:", StringComparison.Ordinal)
            .Replace("  deploy:", "  build:", StringComparison.Ordinal).Replace("needs: build", "needs: compile", StringComparison.Ordinal);
        Assert.Equal(moved + Deployment, Extend(moved, s_withService));
    }

    [Theory]
    [InlineData("docker build --platform=linux/arm64 -t $ECR_REGISTRY/$ECR_REPOSITORY --push .",
        "docker buildx build --platform=linux/arm64 \\\n                    -t $ECR_REGISTRY/$ECR_REPOSITORY:latest \\\n                " +
        "    --push dist")]
    [InlineData("docker build --platform=linux/arm64 -t $ECR_REGISTRY/$ECR_REPOSITORY --push .",
        "docker build -t $ECR_REGISTRY/$ECR_REPOSITORY .\n                  docker push $ECR_REGISTRY/$ECR_REPOSITORY")]
    [InlineData("$ECR_REGISTRY/$ECR_REPOSITORY", "123456789012.dkr.ecr.us-east-1.amazonaws.com/jwt-pizza-service")]
    [InlineData("ECR_REPOSITORY: 'jwt-pizza-service'", "ECR_REPOSITORY: ${{ vars.ECR_REPOSITORY }}")]
    [InlineData("actions/download-artifact@v4", "actions/download-artifact@v8")]
    [InlineData("id: build-image", "id: build-it")]
    [InlineData("mkdir dist", "mkdir -p ./dist")]
    public void Every_way_to_push_is_seen(string theirs, string other)
    {
        string text = Ecr.Replace(theirs, other, StringComparison.Ordinal);
        Assert.NotEqual(Ecr, text);
        Assert.Equal(text + Deployment, Extend(text, s_withService));
    }

    [Theory]
    [InlineData(
        "\n      - name: Go\n        run: |\n          aws --region us-east-2 ecs update-service \\\n            --cluster x --service " +
        "jwt-pizza-service\n")]
    [InlineData("\n      - uses: aws-actions/amazon-ecs-deploy-task-definition@v2\n        with:\n          service: jwt-pizza-service\n")]
    [InlineData("\n      - run: aws ecs update-service --cluster ${{ vars.C }} --service ${{ vars.S }} --force-new-deployment\n")]
    [InlineData("\n  later:\n    needs: deploy\n    steps:\n      - run: Update-PizzaService -Cluster x -Service jwt-pizza-service\n")]
    public void Every_way_to_deploy_is_seen(string more) => Assert.Empty(Added(Ecr + more, s_withService));

    [Theory]
    [InlineData("\n      - run: aws ecs update-service --cluster x --service another\n")]
    [InlineData("\n      - run: |\n          # aws ecs update-service --service jwt-pizza-service\n          echo no\n")]
    public void Another_service_and_a_comment_are_no_deployment(string more) => Assert.Single(Added(Ecr + more, s_withService));

    [Fact]
    public void Only_the_deploy_job_is_added_after_the_courses_distribution_and_replaces_nothing_twice()
    {
        Assert.Equal(["job 'deploy'"], Added(BuildOnly));
        Assert.DoesNotContain("Put in production values", Extend(BuildOnly), StringComparison.Ordinal);
        string unset =
            string.Concat(BuildOnly.Split('\n').Where(l => !l.Contains("sed -i", StringComparison.Ordinal)).Select(l => l + "\n"));
        Assert.Contains("Put in production values", Extend(unset), StringComparison.Ordinal);
        string other = BuildOnly.Replace("name: package", "name: for-the-image", StringComparison.Ordinal);
        Assert.Equal("for-the-image", ((YamlSequenceNode)Parse(Extend(other))["jobs"]["deploy"]["steps"])[0]["with"]["name"].ToString());
        string elsewhere = BuildOnly.Replace("  build:", "  compile:", StringComparison.Ordinal);
        Assert.Equal("compile", Parse(Extend(elsewhere))["jobs"]["deploy"]["needs"].ToString());
    }

    [Fact]
    public void Only_the_artifact_is_added_after_a_distribution_that_nothing_keeps()
    {
        string text = BuildOnly[..BuildOnly.IndexOf("      - name: Update distribution", StringComparison.Ordinal)]
            .Replace("dist\n", "out\n", StringComparison.Ordinal).Replace("dist/", "out/", StringComparison.Ordinal);
        Assert.Equal(["step 'Update distribution artifact' of the job 'build'", "job 'deploy'"], Added(text));
        Assert.Equal("out/", ((YamlSequenceNode)Parse(Extend(text))["jobs"]["build"]["steps"]).Last()["with"]["path"].ToString());
    }

    [Fact]
    public void Secrets_in_an_artifact_another_region_and_a_missing_permission_are_told_of_with_their_lines()
    {
        Assert.Contains(
            "(line 13) writes the secrets DB_USERNAME, DB_PASSWORD, DB_HOSTNAME into files that 'Update distribution artifact' (line 22)",
            Assert.Single(Warnings(Ecr)), StringComparison.Ordinal);
        Assert.Contains(Warnings(Ecr.Replace("aws-region: us-east-1", "aws-region: us-east-2", StringComparison.Ordinal)),
            w => w.Contains("signs in to us-east-2, not to us-east-1", StringComparison.Ordinal));
        Assert.Contains(Warnings(Ecr.Replace("    permissions:\n      id-token: write\n", "", StringComparison.Ordinal)),
            w => w.Contains("has no 'permissions: id-token: write'", StringComparison.Ordinal));
        Assert.Contains(Warnings(Ecr.Replace("'jwt-pizza-service'", "${{ vars.R }}", StringComparison.Ordinal)),
            w => w.Contains("a repository that a variable names", StringComparison.Ordinal));
    }

    [Fact]
    public void Another_repository_or_environment_is_another_job()
    {
        PizzaException e = Assert.Throws<PizzaException>(() => Extend(Ecr, Options("team/api")));
        Assert.Contains("(line 27): the job 'deploy' already exists, and pushes to 'jwt-pizza-service'", e.Message,
            StringComparison.Ordinal);
        Assert.Contains("-JobName push", e.Message, StringComparison.Ordinal);
        Assert.Equal(["job 'push'"], Added(Ecr, Options("team/api") with { JobName = "push" }));
        Assert.Equal(["job 'push'"], Added(Ecr, Options() with { JobName = "push", Environment = "staging" }));
    }

    [Fact]
    public void A_workflow_of_another_file_that_may_deploy_is_not_doubled()
    {
        string text = Ecr + "  publish:\n    needs: deploy\n    uses: ./.github/workflows/deploy.yml\n    secrets: inherit\n";
        Assert.Empty(Added(text, s_withService));
        Assert.Contains(Warnings(text, s_withService), w => w.Contains("./.github/workflows/deploy.yml", StringComparison.Ordinal));
    }

    [Fact]
    public void Our_own_job_of_either_style_gets_a_service_later()
    {
        foreach (WorkflowStyle style in Enum.GetValues<WorkflowStyle>())
        {
            string own = Extend(Course, Options() with { Style = style });
            foreach (WorkflowStyle later in Enum.GetValues<WorkflowStyle>())
            {
                string after = Extend(own, s_withService with { Style = later });
                Assert.Contains("name: Deploy new container", after, StringComparison.Ordinal);
                Assert.True(Holds(after, own), after);
                Assert.Empty(Added(after, s_withService with { Style = later }));
                Assert.Equal(later == WorkflowStyle.Actions && style == WorkflowStyle.Module,
                    after[own.Length..].Contains(ActionVersions.ConfigureAwsCredentials, StringComparison.Ordinal));
            }
        }
    }

    [Fact]
    public void Job_of_another_kind_with_the_same_name_is_refused_with_its_line_and_a_free_name()
    {
        const string pages =
            "on: push\njobs:\n  build:\n    steps:\n      - uses: actions/checkout@v4\n      - run: " +
            "mkdir dist && echo hi > dist/index.html\n  deploy:\n    needs: build\n    steps:\n      - uses: actions/deploy-pages@v4\n";
        PizzaException e = Assert.Throws<PizzaException>(() => Extend(pages));
        Assert.Equal("WorkflowDiffers", e.ErrorId);
        Assert.Contains(
            "(line 7): the job 'deploy' already exists, and pushes no image to 'jwt-pizza-service' in Amazon ECR. " +
            "Name the new job with -JobName, for example -JobName push", e.Message, StringComparison.Ordinal);
        string after = Extend(pages, Options() with { JobName = "push" });
        Assert.Contains("mkdir image-dist", after, StringComparison.Ordinal);
    }
}
