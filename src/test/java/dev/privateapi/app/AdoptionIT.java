package dev.privateapi.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.engine.Inventory;
import dev.privateapi.engine.Outcome;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.ownership.Adoption;
import dev.privateapi.ownership.Ownership;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.apigateway.model.EndpointType;

/** What becomes the stack's because a person says so, and what does not. */
class AdoptionIT {

    private static final String REBORN = "5a7e0000-0000-0000-0000-000000000002";
    private static final String MAKES_OR_ENDS =
            "(Create|Delete|Register|Deregister|Associate|Disassociate|Put|Run|Request|Authorize|Revoke|Attach|Detach).*";
    private static final String TRUST = """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
             "Principal": {"Service": "ecs-tasks.amazonaws.com"}}]}""";

    private SandboxStack stack;

    @AfterEach
    void stop() {
        stack.close();
    }

    private void converged() {
        stack = SandboxStack.empty();
        stack.want(DriftCases.spec());
        stack.converge();
        stack.lookAgain();
    }

    @Test
    void restoredClusterTakesTheWholeStackOverAndMakesAndDeletesNothing() {
        converged();
        String before = stack.owner.uid();
        Map<String, Long> objects = objects();
        Map<String, String> ids = ids();
        stack.restore(REBORN, "test");
        stack.sandbox.resetJournal();

        Outcome refused = patiently();

        assertThat(stack.changes()).as("without a word of a person nothing is done").isEmpty();
        assertThat(refused.problems().values()).isNotEmpty().allSatisfy(it -> assertThat(it.category()).isEqualTo(Category.ADOPTION))
                .allSatisfy(it -> assertThat(it.message()).contains(
                        "belongs to an earlier PrivateApiStack default/poc", "privateapi.dev/adopt: owner-uid=" + before));

        stack.adopt("owner-uid=" + before);
        List<String> adopted = stack.pass().taken().stream().map(step -> step.verb() + " " + step.key()).toList();
        stack.converge();

        assertThat(adopted).contains("ADOPT network/vpc", "ADOPT service/service", "ADOPT api/stage/live", "ADOPT dns/hosted-zone");
        assertThat(stack.changes()).filteredOn(it -> it.matches(MAKES_OR_ENDS)).as("tags, and what names the owner")
                .containsOnly("CreateTags");
        assertThat(objects()).isEqualTo(objects);
        assertThat(ids()).containsAllEntriesOf(ids);
        assertThat(owners()).containsExactly(REBORN);
        assertThat(stack.recorded().values()).filteredOn(it -> it.key().kind() == Kind.VPC).singleElement()
                .satisfies(it -> assertThat(it.incarnation()).isEqualTo(Inventory.ADOPTED));

        stack.adopt("");
        stack.restart();
        assertThat(stack.lookAgain().taken()).as("the annotation has done its work").isEmpty();
        assertThat(stack.pass().converged()).isTrue();
    }

    @Test
    void adoptedStackIsChangedAndDeletedLikeAnyOther() {
        converged();
        String before = stack.owner.uid();
        stack.restore(REBORN, "test");
        stack.adopt("owner-uid=" + before);
        stack.lookAgain();
        stack.converge();

        var spec = DriftCases.spec();
        spec.withObject("/service").put("memory", 1024);
        stack.want(spec);
        stack.converge();

        assertThat(stack.sandbox.left()).filteredOn(it -> it.path("type").asText().equals("task-definition"))
                .filteredOn(it -> it.path("state").asText().equals("ACTIVE"))
                .as("in a family of the new uid's name, and no other").hasSize(1);
        stack.adopt("");
        assertThat(stack.lookAgain().taken()).isEmpty();
        stack.wantNothing();
        stack.passUntil("it is gone", Outcome::gone);
        assertThat(stack.sandbox.left()).filteredOn(it -> !it.path("state").asText().equals("DELETE_IN_PROGRESS")).isEmpty();
        assertThat(stack.sandbox.changed()).isEmpty();
    }

    @Test
    void anotherInstallationsStackIsNotTakenOverAndNoneIsMadeBesideIt() {
        converged();
        String before = stack.owner.uid();
        stack.restore(REBORN, "another-cluster");
        stack.adopt("owner-uid=" + before);
        stack.sandbox.resetJournal();

        Outcome refused = patiently();

        assertThat(stack.changes()).isEmpty();
        assertThat(refused.problems().values()).isNotEmpty().allSatisfy(it ->
                assertThat(it.message()).contains("of the installation test", "PRIVATEAPI_CLUSTER_ID"));
    }

    /** What a person made: a network, logs, a role, an API and its zone. */
    private Map<String, String> handMade() {
        var aws = stack.person;
        Map<String, String> made = new LinkedHashMap<>();
        String vpc = aws.ec2().createVpc(it -> it.cidrBlock("10.1.0.0/16")).vpc().vpcId();
        made.put("network/vpc", vpc);
        Map.of("10.1.1.0/24", "ap-northeast-1a", "10.1.2.0/24", "ap-northeast-1c").forEach((cidr, zone) ->
                made.put("network/subnet/" + cidr, aws.ec2().createSubnet(it -> it.vpcId(vpc).cidrBlock(cidr).availabilityZone(zone))
                        .subnet().subnetId()));
        aws.logs().createLogGroup(it -> it.logGroupName("/ecs/poc"));
        made.put("service/log-group", "/ecs/poc");
        made.put("service/execution-role", aws.iam().createRole(it -> it.roleName("poc-tasks").assumeRolePolicyDocument(TRUST))
                .role().arn());
        String api = aws.apiGateway().createRestApi(it -> it.name("poc").endpointConfiguration(type ->
                type.types(EndpointType.PRIVATE))).id();
        made.put("api/rest-api", api);
        made.put("dns/hosted-zone", aws.route53().createHostedZone(it -> it.callerReference("by hand")
                        .name(api + ".execute-api.ap-northeast-1.amazonaws.com")
                        .vpc(in -> in.vpcId(vpc).vpcRegion("ap-northeast-1"))
                        .hostedZoneConfig(config -> config.privateZone(true))).hostedZone().id().replace("/hostedzone/", ""));
        stack.advance(Duration.ofMinutes(1));
        return made;
    }

    private static String annotation(Map<String, String> made) {
        return made.entrySet().stream().map(it -> it.getKey() + "=" + it.getValue()).collect(Collectors.joining("\n"));
    }

    private void consent(Map<String, String> made) {
        made.forEach((name, id) -> Tags.set(stack.person, kind(name), id, Map.of(Adoption.CONSENT, "default/poc")));
    }

    private static Kind kind(String name) {
        return SandboxStack.desired(DriftCases.spec()).stream().map(node -> node.key()).filter(key -> key.name().equals(name))
                .findFirst().orElseThrow().kind();
    }

    @Test
    void whatIsMadeByHandBecomesTheStacksAndGoesWithIt() {
        stack = SandboxStack.empty();
        Map<String, String> made = handMade();
        stack.want(DriftCases.spec());
        stack.adopt(annotation(made));
        stack.sandbox.resetJournal();

        Outcome refused = patiently();

        assertThat(stack.changes()).as("what does not say so itself is not taken").isEmpty();
        assertThat(messages(refused)).containsKeys(made.keySet().toArray(String[]::new));
        assertThat(messages(refused).get("network/vpc")).contains(made.get("network/vpc"), "privateapi.dev/adopt=default/poc");

        consent(made);
        Outcome first = stack.lookAgain();
        assertThat(first.taken()).as("nothing is done before they are the stack's")
                .allMatch(step -> step.summary().startsWith("adopt "));
        stack.converge();

        assertThat(stack.changes()).doesNotContain("CreateVpc", "CreateSubnet", "CreateLogGroup", "CreateRestApi", "CreateHostedZone")
                .containsOnlyOnce("CreateRole", "CreateListener");
        made.forEach((name, id) -> assertThat(stack.id(name)).isEqualTo(id));
        assertThat(stack.callFromPeer(stack.lookAgain(), "/")).isEqualTo(200);
        stack.restart();
        assertThat(stack.lookAgain().taken()).isEmpty();

        stack.adopt("");
        assertThat(stack.lookAgain().taken()).as("the annotation has done its work").isEmpty();
        stack.wantNothing();
        stack.passUntil("it is gone", Outcome::gone);
        assertThat(stack.sandbox.left()).isEmpty();
    }

    @ParameterizedTest(name = "{0}={1}: {2}")
    @CsvSource({
        "network/vpc, vpc-0000000000000dead, There is no AWS::EC2::VPC vpc-0000000000000dead here to adopt as network/vpc",
        "network/vpc, SUBNET, There is no AWS::EC2::VPC subnet-",
        "network/vpc, OTHER_VPC, 'its addresses are 10.9.0.0/16, not 10.1.0.0/16'",
        "network/vpc, UNSAID_VPC, it does not say so itself",
        "network/vpc, OWNED_VPC, 'it carries privateapi.dev/owner-uid=uid-7 of team/other'",
        "service/log-group, /no/such/group, There is no AWS::Logs::LogGroup /no/such/group here",
    })
    void whatDoesNotFitIsRefusedAndNothingIsDone(String name, String id, String message) {
        stack = SandboxStack.empty();
        String actual = switch (id) {
            case "SUBNET" -> {
                String vpc = vpc("10.9.0.0/16", Map.of());
                yield stack.person.ec2().createSubnet(it -> it.vpcId(vpc).cidrBlock("10.9.1.0/24")).subnet().subnetId();
            }
            case "OTHER_VPC" -> vpc("10.9.0.0/16", Map.of(Adoption.CONSENT, "default/poc"));
            case "UNSAID_VPC" -> vpc("10.1.0.0/16", Map.of(Adoption.CONSENT, "default/another"));
            case "OWNED_VPC" -> vpc("10.1.0.0/16", Map.of(Adoption.CONSENT, "default/poc", Ownership.OWNER_UID, "uid-7",
                    Ownership.OWNER, "team/other", Ownership.CLUSTER, "test", Ownership.RESOURCE, "network/vpc"));
            default -> id;
        };
        stack.advance(Duration.ofMinutes(1));
        stack.want(DriftCases.spec());
        stack.adopt(name + "=" + actual);
        stack.sandbox.resetJournal();

        Outcome outcome = patiently();

        assertThat(messages(outcome)).containsKey(name);
        assertThat(messages(outcome).get(name)).contains(message);
        assertThat(stack.changes()).filteredOn(it -> it.matches(".*(Tag|Vpc|Subnet|LogGroup).*"))
                .as("neither touched nor made beside it").isEmpty();
    }

    @Test
    void subnetOfAnotherVpcIsRefusedAlthoughItsAddressesFit() {
        stack = SandboxStack.empty();
        String right = vpc("10.1.0.0/16", Map.of(Adoption.CONSENT, "default/poc"));
        String other = vpc("10.1.0.0/16", Map.of());
        String subnet = stack.person.ec2().createSubnet(it -> it.vpcId(other).cidrBlock("10.1.1.0/24")
                .availabilityZone("ap-northeast-1a")).subnet().subnetId();
        stack.advance(Duration.ofMinutes(1));
        Tags.set(stack.person, Kind.SUBNET, subnet, Map.of(Adoption.CONSENT, "default/poc"));
        stack.advance(Duration.ofMinutes(1));
        stack.want(DriftCases.spec());
        stack.adopt("network/vpc=" + right + ",network/subnet/10.1.1.0/24=" + subnet);

        Outcome outcome = patiently();

        assertThat(stack.id("network/vpc")).isEqualTo(right);
        assertThat(messages(outcome).get("network/subnet/10.1.1.0/24")).contains("it is in " + other + ", not in " + right);
    }

    private String vpc(String cidr, Map<String, String> tags) {
        String id = stack.person.ec2().createVpc(it -> it.cidrBlock(cidr)).vpc().vpcId();
        stack.advance(Duration.ofMinutes(1));
        if (!tags.isEmpty()) {
            Tags.set(stack.person, Kind.VPC, id, tags);
        }
        return id;
    }

    private Outcome patiently() {
        Outcome outcome = stack.lookAgain();
        for (int i = 0; i < 5; i++) {
            stack.advance(outcome.again());
            outcome = stack.pass();
        }
        return outcome;
    }

    private static Map<String, String> messages(Outcome outcome) {
        return outcome.problems().entrySet().stream()
                .collect(Collectors.toMap(it -> it.getKey().name(), it -> it.getValue().message()));
    }

    private Map<String, Long> objects() {
        return stack.sandbox.left().stream().filter(it -> !it.path("type").asText().equals("task"))
                .map(it -> it.path("service").asText() + " " + it.path("type").asText())
                .collect(Collectors.groupingBy(it -> it, TreeMap::new, Collectors.counting()));
    }

    private List<String> owners() {
        return stack.sandbox.left().stream().filter(it -> !it.path("type").asText().equals("task"))
                .map(it -> it.path("tags").path(Ownership.OWNER_UID).asText()).filter(it -> !it.isEmpty())
                .distinct().toList();
    }

    private Map<String, String> ids() {
        return stack.recorded().values().stream().filter(it -> !it.key().name().contains("@"))
                .collect(Collectors.toMap(it -> it.key().name(), Inventory.Entry::id, (a, b) -> a, TreeMap::new));
    }
}
