package dev.privateapi.validation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.api.v1alpha1.ApiSpec;
import dev.privateapi.api.v1alpha1.CpuArchitecture;
import dev.privateapi.api.v1alpha1.DnsSpec;
import dev.privateapi.api.v1alpha1.EnvVar;
import dev.privateapi.api.v1alpha1.HttpMethod;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;
import dev.privateapi.api.v1alpha1.ResolverMode;
import dev.privateapi.api.v1alpha1.RouteSpec;
import dev.privateapi.api.v1alpha1.ServiceSpec;
import dev.privateapi.api.v1alpha1.SubnetSpec;
import dev.privateapi.api.v1alpha1.VpcSpec;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What only Java says; that it also says what the CRD's rules say is held by {@code dev.privateapi.crd}. */
class SpecValidationTest {

    private static final VpcSpec VPC = vpc("10.1.1.0/24", "10.1.2.0/24");

    @Test
    void namesWhatIsMissingInsteadOfFailing() {
        // A NullPointerException here would stop the deletion of the very object that cannot be used.
        var empty = new PrivateApiStackSpec(null, null, null, null, null, null, null, null, null);

        assertThat(SpecValidation.problems(empty)).extracting(SpecProblem::field)
                .containsExactly("spec.region", "spec.vpc", "spec.service");
    }

    @Test
    void refusesTwoVariablesBelowOneParent() {
        assertThat(messages(routes("/items/{id}", "/items/{name}/parts"))).containsExactly(
                "spec.api.routes: {id} and {name} are two variables below /items/, where API Gateway takes one: "
                        + "give both paths the same variable");
    }

    @Test
    void refusesAGreedyVariableBesideAnother() {
        assertThat(messages(routes("/{id}", "/{proxy+}"))).singleElement().asString().contains("{id} and {proxy+}");
    }

    @Test
    void takesTheSameVariableInSeveralPaths() {
        assertThat(messages(routes("/", "/items/{id}", "/items/{id}/parts/{part}", "/{proxy+}"))).isEmpty();
    }

    @Test
    void refusesMoreTasksThanTheSubnetsHave() {
        // 16 addresses, less AWS' 5, four endpoints, the load balancer and two Resolver endpoints, leave 4 in each.
        var small = vpc("10.1.1.0/28", "10.1.1.16/28");

        assertThat(problems(small, tasks(8), ResolverMode.InboundAndOutbound)).isEmpty();
        assertThat(problems(small, tasks(9), ResolverMode.InboundAndOutbound)).containsExactly(
                "spec.service.taskCount: 9 tasks have no room in subnets that hold 8 beside load balancer and "
                        + "endpoints: write fewer tasks or larger subnets");
        assertThat(problems(small, tasks(12), ResolverMode.None)).isEmpty();
    }

    @Test
    void doesNotGuessAtExistingSubnets() {
        var existing = new VpcSpec(
                null,
                "vpc-0aaaaaaaaaaaaaaaa",
                List.of(
                        new SubnetSpec(null, null, "subnet-0aaaaaaaaaaaaaaaa"),
                        new SubnetSpec("10.1.1.0/28", "ap-northeast-1a", null)));

        assertThat(problems(existing, tasks(500), ResolverMode.None)).isEmpty();
    }

    @Test
    void refusesAnEnvironmentLargerThanATaskDefinition() {
        var large = IntStream.range(0, 16).mapToObj(i -> new EnvVar("V" + i, "x".repeat(4096))).toList();
        var service = service(2, large);

        assertThat(problems(VPC, service, ResolverMode.None)).singleElement().asString()
                .startsWith("spec.service.env: 65942 bytes")
                .contains("64 KiB");
        assertThat(problems(VPC, service(2, large.subList(0, 14)), ResolverMode.None)).isEmpty();
    }

    @Test
    void findsAllProblemsAtOnce() {
        // One at a time would cost a round of apply and wait for each.
        var spec = new PrivateApiStackSpec(
                "ap-northeast-1", vpc("10.2.1.0/24", "10.1.2.0/24"), tasks(-1),
                new ApiSpec("live", List.of(new RouteSpec("/a/", List.of(HttpMethod.GET)))), null, null, null, null, null);

        assertThat(SpecValidation.problems(spec)).extracting(SpecProblem::field)
                .containsExactly("spec.vpc.subnets[10.2.1.0/24]", "spec.service.taskCount", "spec.api.routes[/a/]");
    }

    private static VpcSpec vpc(String one, String other) {
        return new VpcSpec(
                "10.1.0.0/16",
                null,
                List.of(
                        new SubnetSpec(one, "ap-northeast-1a", null),
                        new SubnetSpec(other, "ap-northeast-1c", null)));
    }

    private static ServiceSpec tasks(int count) {
        return service(count, null);
    }

    private static ServiceSpec service(int taskCount, List<EnvVar> env) {
        return new ServiceSpec(
                "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/poc_web:web",
                taskCount, 256, 512, 80, CpuArchitecture.X86_64, env, 30, false);
    }

    private static ApiSpec routes(String... paths) {
        return new ApiSpec(
                "live",
                Stream.of(paths).map(path -> new RouteSpec(path, List.of(HttpMethod.GET))).toList());
    }

    private static List<String> messages(ApiSpec api) {
        return messages(new PrivateApiStackSpec("ap-northeast-1", VPC, tasks(2), api, null, null, null, null, null));
    }

    private static List<String> problems(VpcSpec vpc, ServiceSpec service, ResolverMode resolver) {
        var dns = new DnsSpec(resolver, null);
        return messages(new PrivateApiStackSpec("ap-northeast-1", vpc, service, null, dns, null, null, null, null));
    }

    private static List<String> messages(PrivateApiStackSpec spec) {
        return SpecValidation.problems(spec).stream().map(SpecProblem::message).toList();
    }
}
