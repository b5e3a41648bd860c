package dev.privateapi.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.privateapi.aws.Aws;
import dev.privateapi.engine.Outcome;
import dev.privateapi.model.Problem;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.MethodOrderer.MethodName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.TestMethodOrder;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.VpcEndpointType;

/**
 * Every field of the spec there and back on a converged stack, as Acto does it (Gu and others, "Acto: Automatic End-to-End
 * Testing for Operation Correctness of Cloud System Management", SOSP '23): set, changed while the last change still
 * converges, removed and reverted, after which AWS shows what it showed before.
 */
@TestInstance(Lifecycle.PER_CLASS)
@TestMethodOrder(MethodName.class)
class SpecFieldsIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    /** So many passes a change is left alone before the next one comes in between. */
    private static final int PASSES = 2;

    private final Map<String, String> names = new TreeMap<>();
    private SandboxStack stack;
    private SortedMap<String, SortedSet<String>> seed;

    @BeforeAll
    void converge() {
        stack = SandboxStack.seeded();
        prepare(stack.person);
        seed = Picture.of(stack);
    }

    @AfterAll
    void stop() {
        stack.close();
    }

    /** What exists already, and the spec names. */
    private void prepare(Aws person) {
        List<String> tables = person.ec2().describeRouteTables(it -> it.filters(
                        Filter.builder().name("vpc-id").values(SandboxStack.PEER_VPC).build())).routeTables().stream()
                .map(it -> it.routeTableId()).sorted().toList();
        names.put("$table1", tables.getFirst());
        names.put("$table2", tables.getLast());
        names.put("$vpc", person.ec2().createVpc(it -> it.cidrBlock("10.5.0.0/16")).vpc().vpcId());
        names.put("$far", person.in(person.accountId(), "us-west-2").ec2().createVpc(it -> it.cidrBlock("10.6.0.0/16"))
                .vpc().vpcId());
        Stream.of("v2", "latest").forEach(tag -> stack.sandbox.post("/images", Map.of(
                "image", "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/poc_web:" + tag)));
        names.put("$endpoint1", endpoint(person));
        names.put("$endpoint2", endpoint(person));
        stack.advance(Duration.ofMinutes(5));
    }

    private String endpoint(Aws person) {
        return person.ec2().createVpcEndpoint(it -> it.vpcId(stack.id("network/vpc")).vpcEndpointType(VpcEndpointType.INTERFACE)
                .serviceName("com.amazonaws." + person.region() + ".execute-api").privateDnsEnabled(false)
                .subnetIds(stack.id("network/subnet/10.1.1.0/24"), stack.id("network/subnet/10.1.2.0/24")))
                .vpcEndpoint().vpcEndpointId();
    }

    private String named(String text) {
        String all = text;
        for (Map.Entry<String, String> name : names.entrySet()) {
            all = all.replace(name.getKey(), name.getValue());
        }
        return all;
    }

    private ObjectNode spec(Stream<JsonNode> patches) {
        ObjectNode spec = SandboxStack.seed();
        patches.forEach(patch -> {
            try {
                SpecField.merge(spec, JSON.readTree(named(JSON.writeValueAsString(patch))));
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        });
        return spec;
    }

    /** One test per field; those of one wave change together. */
    @TestFactory
    Stream<DynamicTest> aFieldGoesThereAndBack() {
        return SpecField.table().stream().filter(SpecField::tried)
                .collect(Collectors.groupingBy(SpecField::wave, TreeMap::new, Collectors.toList())).values().stream()
                .flatMap(fields -> new Wave(fields).tests());
    }

    private final class Wave {
        private final List<SpecField> fields;
        private final Map<String, SortedMap<String, SortedSet<String>>> shown = new LinkedHashMap<>();
        private Throwable failure;

        Wave(List<SpecField> fields) {
            this.fields = fields;
        }

        private Stream<DynamicTest> tests() {
            try {
                change();
            } catch (Throwable e) {
                failure = e;
                stack.want(SandboxStack.seed());
                stack.converge();
            }
            return fields.stream().map(it -> DynamicTest.dynamicTest(it.field(), () -> check(it)));
        }

        private void change() {
            settled("set", SpecField::set);
            unsettled(SpecField::change);
            unsettled(SpecField::remove);
            settled("change", SpecField::change);
            settled("remove", SpecField::remove);
            settled("revert", it -> JSON.createObjectNode());
            unsettled(SpecField::set);
            settled("revert half way", it -> JSON.createObjectNode());
        }

        private void settled(String when, Function<SpecField, JsonNode> patch) {
            stack.want(spec(fields.stream().map(patch)));
            stack.converge();
            shown.put(when, Picture.of(stack));
        }

        private void unsettled(Function<SpecField, JsonNode> patch) {
            stack.want(spec(fields.stream().map(patch)));
            for (int pass = 0; pass < PASSES; pass++) {
                stack.advance(stack.pass().again());
            }
        }

        private void check(SpecField field) {
            if (failure != null) {
                fail(field.field(), failure);
            }
            assertThat(lines(field, "set")).as("%s is set", field.field()).anyMatch(it -> it.contains(named(field.sets())));
            assertThat(lines(field, "change")).as("%s is changed", field.field())
                    .anyMatch(it -> it.contains(named(field.changes())));
            assertThat(shown.get("revert")).as("%s is reverted, and nothing is left over", field.field()).isEqualTo(seed);
            assertThat(shown.get("revert half way")).as("%s is reverted half way", field.field()).isEqualTo(seed);
        }

        private List<String> lines(SpecField field, String when) {
            return shown.get(when).entrySet().stream().filter(it -> it.getKey().startsWith(field.at()))
                    .flatMap(it -> it.getValue().stream()).toList();
        }
    }

    @TestFactory
    Stream<DynamicTest> bWhatAwsRefusesIsToldWhileTheRestServes() {
        return SpecField.refused().stream().map(it -> DynamicTest.dynamicTest(it.name(), () -> refuse(it)));
    }

    private void refuse(SpecField.Refused refused) {
        stack.want(spec(Stream.of(refused.patch())));
        Outcome outcome = stack.passUntil(refused.name(), it -> problem(it, named(refused.at())).isPresent());
        Problem problem = problem(outcome, named(refused.at())).orElseThrow();
        outcome = stack.lookAgain();
        int answer = stack.callFromPeer(outcome, "/");
        stack.want(SandboxStack.seed());
        stack.converge();

        assertThat(problem.category().name()).as(refused.name() + ": " + problem.message()).isEqualTo(refused.category());
        assertThat(answer).as(refused.name() + ": the API answers as before").isEqualTo(200);
        assertThat(Picture.of(stack)).as(refused.name() + ": the old value is enough").isEqualTo(seed);
    }

    private static Optional<Problem> problem(Outcome outcome, String at) {
        return outcome.problems().entrySet().stream().filter(it -> it.getKey().name().equals(at)).map(Map.Entry::getValue)
                .findFirst();
    }

    @Test
    void cSuspendedStackIsOnlyLookedAt() throws JsonProcessingException {
        stack.want(spec(Stream.of(JSON.readTree("{\"suspend\": true, \"service\": {\"taskCount\": 5}}"))));
        Outcome outcome = stack.lookAgain();

        assertThat(outcome.plan().steps()).as("what differs is told").hasSize(1);
        assertThat(Picture.of(stack)).isEqualTo(seed);
        stack.want(SandboxStack.seed());
        stack.converge();
    }

    /** Last, because a load balancer gives up no subnet while a VPC link leads to it. */
    @Test
    void dAddedSubnetIsUsedAndWhatHoldsItIsTold() throws JsonProcessingException {
        stack.want(spec(Stream.of(JSON.readTree("""
                {"vpc": {"subnets": [{"cidr": "10.1.1.0/24", "availabilityZone": "ap-northeast-1a"},
                 {"cidr": "10.1.2.0/24", "availabilityZone": "ap-northeast-1c"},
                 {"cidr": "10.1.3.0/24", "availabilityZone": "ap-northeast-1d"}]}}"""))));
        stack.converge();
        assertThat(Picture.of(stack)).containsKey("network/subnet/10.1.3.0/24");

        stack.want(SandboxStack.seed());
        Outcome outcome = stack.passUntil("it is told", it -> problem(it, "load-balancer/nlb").isPresent());
        assertThat(problem(outcome, "load-balancer/nlb").orElseThrow().category()).isEqualTo(Problem.Category.NOT_CHANGEABLE);
        assertThat(stack.callFromPeer(stack.lookAgain(), "/")).isEqualTo(200);
    }
}
