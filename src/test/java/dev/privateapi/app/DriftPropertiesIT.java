package dev.privateapi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.privateapi.app.DriftCase.LeftAlone;
import dev.privateapi.app.DriftCase.Repaired;
import dev.privateapi.app.DriftCase.Reported;
import dev.privateapi.engine.Outcome;
import dev.privateapi.model.Problem;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** What somebody changes behind the operator's back, property by property: see {@link DriftCases}. */
@TestInstance(Lifecycle.PER_CLASS)
class DriftPropertiesIT {

    private SandboxStack stack;
    private List<DriftCase> cases;

    @BeforeAll
    void converge() {
        stack = SandboxStack.empty();
        stack.want(DriftCases.spec());
        stack.converge();
        cases = DriftCases.all(SandboxStack.desired(DriftCases.spec()));
    }

    @AfterAll
    void stop() {
        stack.close();
    }

    /** One test per case; those that do not touch the same resource drift together. */
    @TestFactory
    Stream<DynamicTest> whatDriftsIsPutRightWithinOneInterval() {
        return waves().stream().flatMap(cases -> new Wave(cases).tests());
    }

    /** Properties first, the n-th of every resource in the n-th wave; then what is deleted. */
    private Collection<List<Repaired>> waves() {
        Map<String, Integer> taken = new LinkedHashMap<>();
        Map<Integer, List<Repaired>> waves = new TreeMap<>();
        cases.stream().filter(Repaired.class::isInstance).map(Repaired.class::cast).forEach(it -> {
            int wave = it.wave() == 0 ? taken.merge(it.node(), 1, Integer::sum) : 100 + it.wave();
            waves.computeIfAbsent(wave, key -> new ArrayList<>()).add(it);
        });
        return waves.values();
    }

    private String id(String node) {
        return stack.recorded().values().stream().filter(it -> it.key().name().equals(node)).map(it -> it.id()).findFirst()
                .orElse("");
    }

    private final class Wave {
        private final List<Repaired> cases;
        private final Map<String, Throwable> failures = new LinkedHashMap<>();
        private Map<String, SortedSet<String>> before;
        private Map<String, SortedSet<String>> drifted;
        private Map<String, SortedSet<String>> after;
        private Outcome first;
        private Outcome again;
        private AssertionError unsettled;

        Wave(List<Repaired> cases) {
            this.cases = cases;
        }

        Stream<DynamicTest> tests() {
            try {
                before = Picture.of(stack);
                Map<String, String> ids = new LinkedHashMap<>();
                cases.forEach(it -> ids.put(it.node(), id(it.node())));
                cases.forEach(it -> attempt(it, ids.get(it.node())));
                drifted = Picture.of(stack);
                first = stack.lookAgain();
                settle();
                after = Picture.of(stack);
            } catch (Throwable e) {
                cases.forEach(it -> failures.putIfAbsent(it.node(), e));
            }
            DynamicTest settles = DynamicTest.dynamicTest("the stack settles", () -> {
                assertThat(unsettled).isNull();
                assertThat(again.taken()).as("what is right stays as it is").isEmpty();
            });
            return Stream.concat(Stream.of(settles), cases.stream().map(it ->
                    DynamicTest.dynamicTest(it.node() + ": " + it.property(), () -> check(it))));
        }

        private void settle() {
            try {
                stack.converge();
                again = stack.lookAgain();
            } catch (AssertionError e) {
                unsettled = e;
            }
        }

        private void attempt(Repaired drift, String id) {
            try {
                drift.drift().on(stack, id);
            } catch (RuntimeException e) {
                failures.put(drift.node(), e);
            }
        }

        private void check(Repaired drift) {
            String node = drift.node();
            if (failures.containsKey(node)) {
                fail(node + ": " + drift.property(), failures.get(node));
            }
            assertThat(drifted.get(node)).as("%s: somebody changed %s", node, drift.property()).isNotEqualTo(before.get(node));
            assertThat(touched()).as("%s: %s is noticed within one drift interval", node, drift.property())
                    .anyMatch(it -> it.startsWith(node));
            assertThat(after.get(node)).as("%s: %s is as it was", node, drift.property()).isEqualTo(before.get(node));
        }

        private List<String> touched() {
            return Stream.concat(
                    first.taken().stream().map(it -> it.key().name()),
                    Stream.concat(first.problems().keySet().stream().map(it -> it.name()),
                            first.plan().waits().stream().map(it -> it.key().name()))).toList();
        }
    }

    /** Each of these has lost what it needs and got what it must not have; at no moment it has less than before. */
    @Test
    void additionsComeBeforeRemovals() {
        Stream.of("endpoints/execute-api-security-group ingress", "endpoints/execute-api-security-group additions",
                        "service/execution-role managedPolicies", "service/execution-role additions",
                        "dns/resolver-inbound subnets", "endpoints/logs securityGroups", "load-balancer/listener port",
                        "peering/routes/" + SandboxStack.PEER_VPC + " destination")
                .forEach(name -> cases.stream().filter(it -> name.equals(it.node() + " " + it.property()))
                        .map(Repaired.class::cast).findFirst().orElseThrow()
                        .drift().on(stack, id(name.substring(0, name.indexOf(' ')))));
        stack.sandbox.resetJournal();

        stack.lookAgain();
        stack.converge();

        List<String> changes = stack.changes();
        assertThat(changes).containsSubsequence("AuthorizeSecurityGroupIngress", "RevokeSecurityGroupIngress")
                .containsSubsequence("AttachRolePolicy", "DetachRolePolicy")
                .containsSubsequence("AssociateResolverEndpointIpAddress", "DisassociateResolverEndpointIpAddress")
                .contains("ModifyVpcEndpoint", "ModifyListener", "ReplaceRoute")
                .doesNotContain("DeleteRoute", "DeleteListener", "DeleteVpcEndpoints");
        assertThat(List.of("RevokeSecurityGroupIngress", "DetachRolePolicy", "DisassociateResolverEndpointIpAddress"))
                .allSatisfy(removal -> assertThat(changes).containsOnlyOnce(removal));
        assertThat(changes.stream().filter("ModifyVpcEndpoint"::equals)).as("the one group comes as the other goes").hasSize(1);
    }

    @TestFactory
    Stream<DynamicTest> whatCannotBePutRightIsReportedUntilAPersonDoesIt() {
        return cases.stream().filter(Reported.class::isInstance).map(Reported.class::cast)
                .map(it -> DynamicTest.dynamicTest(it.node() + ": " + it.property(), () -> report(it)));
    }

    private void report(Reported drift) {
        drift.drift().on(stack, id(drift.node()));
        Outcome outcome = stack.lookAgain();
        Map<String, Problem> problems = outcome.problems().entrySet().stream()
                .collect(Collectors.toMap(it -> it.getKey().name(), Map.Entry::getValue));
        drift.undo().on(stack, id(drift.node()));
        stack.lookAgain();
        stack.converge();

        assertThat(problems).containsKey(drift.node());
        assertThat(problems.get(drift.node()).category()).isEqualTo(drift.category());
    }

    @TestFactory
    Stream<DynamicTest> whatIsSomebodyElsesIsLeftAlone() {
        return cases.stream().filter(LeftAlone.class::isInstance).map(LeftAlone.class::cast)
                .map(it -> DynamicTest.dynamicTest(it.node() + ": " + it.property(), () -> leave(it)));
    }

    private void leave(LeftAlone drift) {
        String id = id(drift.node());
        drift.drift().on(stack, id);
        Outcome outcome = stack.lookAgain();
        drift.undo().on(stack, id);

        assertThat(outcome.taken()).as(drift.because()).isEmpty();
        assertThat(outcome.converged()).isTrue();
    }
}
