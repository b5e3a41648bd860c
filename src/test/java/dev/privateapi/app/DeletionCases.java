package dev.privateapi.app;

import dev.privateapi.aws.Aws;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import software.amazon.awssdk.services.apigateway.model.ConnectionType;
import software.amazon.awssdk.services.apigateway.model.EndpointType;
import software.amazon.awssdk.services.apigateway.model.IntegrationType;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.UserIdGroupPair;
import software.amazon.awssdk.services.ec2.model.VpcEndpointType;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.ecs.model.Compatibility;
import software.amazon.awssdk.services.ecs.model.ContainerDefinition;
import software.amazon.awssdk.services.ecs.model.LaunchType;
import software.amazon.awssdk.services.ecs.model.NetworkMode;
import software.amazon.awssdk.services.route53.model.Change;
import software.amazon.awssdk.services.route53.model.ChangeAction;
import software.amazon.awssdk.services.route53.model.RRType;
import software.amazon.awssdk.services.route53.model.ResourceRecord;

/** What other people may have put in, on or beside a stack that AWS does not let go while it is there. */
final class DeletionCases {

    private static final String SUBNET = "network/subnet/10.1.1.0/24";
    private static final String VPC = "network/vpc";
    private static final String GROUP = "service/security-group";
    private static final String REMOVE_IT = "then the deletion goes on by itself";

    private DeletionCases() {}

    static Stream<DeletionCase> all() {
        return Stream.of(inTheNetwork(), inTheVpc(), onTheWay()).flatMap(cases -> cases);
    }

    private static Stream<DeletionCase> inTheNetwork() {
        return Stream.of(
                new DeletionCase("a foreign interface in a subnet", Set.of(SUBNET),
                        stack -> networkInterface(stack, List.of()),
                        (stack, id) -> stack.person.ec2().deleteNetworkInterface(it -> it.networkInterfaceId(id)),
                        List.of("{" + SUBNET + "}", "{blocker}", "somebody's", REMOVE_IT)),
                new DeletionCase("a foreign interface in one of the stack's groups", Set.of(SUBNET, GROUP),
                        stack -> networkInterface(stack, List.of(stack.id(GROUP))),
                        (stack, id) -> stack.person.ec2().deleteNetworkInterface(it -> it.networkInterfaceId(id)),
                        List.of("{" + GROUP + "}", "{blocker}", "somebody's", REMOVE_IT)),
                new DeletionCase("a foreign group with a rule that names one of the stack's", Set.of(GROUP, VPC),
                        stack -> groupWithRule(stack, stack.id(GROUP)), DeletionCases::deleteGroup,
                        List.of("{" + GROUP + "}", "{blocker}", "theirs", REMOVE_IT)),
                new DeletionCase("a rule of the default group that names one of the stack's", Set.of(GROUP),
                        stack -> allow(stack, defaultGroup(stack), stack.id(GROUP)),
                        (stack, id) -> stack.person.ec2().revokeSecurityGroupIngress(it -> it.groupId(id)
                                .ipPermissions(from(stack.id(GROUP)))),
                        List.of("{" + GROUP + "}", "{blocker}", "default", REMOVE_IT)));
    }

    private static Stream<DeletionCase> inTheVpc() {
        return Stream.of(
                inVpc("security group", stack -> stack.person.ec2().createSecurityGroup(it -> it
                                .groupName("theirs").description("somebody's").vpcId(stack.id(VPC))).groupId(),
                        DeletionCases::deleteGroup),
                inVpc("subnet", stack -> stack.person.ec2().createSubnet(it -> it.vpcId(stack.id(VPC))
                                .cidrBlock("10.1.9.0/24")).subnet().subnetId(),
                        (stack, id) -> stack.person.ec2().deleteSubnet(it -> it.subnetId(id))),
                inVpc("route table", stack -> stack.person.ec2().createRouteTable(it -> it.vpcId(stack.id(VPC)))
                                .routeTable().routeTableId(),
                        (stack, id) -> stack.person.ec2().deleteRouteTable(it -> it.routeTableId(id))),
                inVpc("internet gateway", DeletionCases::gateway, (stack, id) -> {
                    stack.person.ec2().detachInternetGateway(it -> it.internetGatewayId(id).vpcId(stack.id(VPC)));
                    stack.person.ec2().deleteInternetGateway(it -> it.internetGatewayId(id));
                }),
                inVpc("VPC endpoint", stack -> stack.person.ec2().createVpcEndpoint(it -> it.vpcId(stack.id(VPC))
                                .vpcEndpointType(VpcEndpointType.GATEWAY).serviceName("com.amazonaws.ap-northeast-1.dynamodb"))
                                .vpcEndpoint().vpcEndpointId(),
                        (stack, id) -> stack.person.ec2().deleteVpcEndpoints(it -> it.vpcEndpointIds(id))),
                inVpc("peering connection", DeletionCases::peering,
                        (stack, id) -> stack.person.ec2().deleteVpcPeeringConnection(it -> it.vpcPeeringConnectionId(id))));
    }

    private static DeletionCase inVpc(String what, DeletionCase.Weather comes, DeletionCase.Shelter goes) {
        return new DeletionCase("a foreign " + what + " in the VPC", Set.of(VPC), comes, goes,
                List.of("{" + VPC + "}", what + " {blocker}", REMOVE_IT));
    }

    private static Stream<DeletionCase> onTheWay() {
        return Stream.of(
                new DeletionCase("somebody's record in the hosted zone", Set.of("dns/hosted-zone"),
                        stack -> record(stack, ChangeAction.CREATE),
                        (stack, id) -> record(stack, ChangeAction.DELETE),
                        List.of("{dns/hosted-zone}", "TXT {blocker}", REMOVE_IT)),
                new DeletionCase("somebody's API that leads through the VPC link", Set.of("api/vpc-link"),
                        DeletionCases::apiThroughTheLink,
                        (stack, id) -> stack.person.apiGateway().deleteRestApi(it -> it.restApiId(id)),
                        List.of("{api/vpc-link}", "{blocker}", REMOVE_IT)),
                new DeletionCase("somebody's stage of a deployment", Set.of(), stack -> stack.person.apiGateway()
                        .createStage(it -> it.restApiId(stack.id("api/rest-api")).stageName("theirs")
                                .deploymentId(stack.id("api/deployment"))).stageName(),
                        (stack, id) -> {}, List.of()),
                new DeletionCase("somebody's service in the cluster", Set.of("service/cluster"), DeletionCases::service,
                        (stack, id) -> {
                            stack.person.ecs().deleteService(it -> it.cluster(stack.id("service/cluster")).service(id).force(true));
                            stack.person.ecs().deregisterTaskDefinition(it -> it.taskDefinition("theirs:1"));
                            stack.person.ecs().deleteTaskDefinitions(it -> it.taskDefinitions("theirs:1"));
                        },
                        List.of("{service/cluster}", "{blocker}", REMOVE_IT)),
                new DeletionCase("an instance profile with one of the roles", Set.of("service/task-role"), DeletionCases::profile,
                        (stack, id) -> {
                            stack.person.iam().removeRoleFromInstanceProfile(it -> it.instanceProfileName(id)
                                    .roleName(name(stack.id("service/task-role"))));
                            stack.person.iam().deleteInstanceProfile(it -> it.instanceProfileName(id));
                        },
                        List.of("{service/task-role}", "instance profile {blocker}", REMOVE_IT)));
    }

    private static String networkInterface(SandboxStack stack, List<String> groups) {
        return stack.person.ec2().createNetworkInterface(it -> it.subnetId(stack.id(SUBNET)).description("somebody's")
                .groups(groups)).networkInterface().networkInterfaceId();
    }

    private static String groupWithRule(SandboxStack stack, String named) {
        String id = stack.person.ec2().createSecurityGroup(it -> it.groupName("theirs").description("somebody's")
                .vpcId(stack.id(VPC))).groupId();
        return allow(stack, id, named);
    }

    private static String allow(SandboxStack stack, String group, String named) {
        stack.person.ec2().authorizeSecurityGroupIngress(it -> it.groupId(group).ipPermissions(from(named)));
        return group;
    }

    private static IpPermission from(String group) {
        return IpPermission.builder().ipProtocol("tcp").fromPort(80).toPort(80)
                .userIdGroupPairs(UserIdGroupPair.builder().groupId(group).build()).build();
    }

    private static void deleteGroup(SandboxStack stack, String id) {
        stack.person.ec2().deleteSecurityGroup(it -> it.groupId(id));
    }

    private static String defaultGroup(SandboxStack stack) {
        return stack.person.ec2().describeSecurityGroups().securityGroups().stream()
                .filter(it -> it.vpcId().equals(stack.id(VPC)) && it.groupName().equals("default")).findFirst().orElseThrow().groupId();
    }

    private static String gateway(SandboxStack stack) {
        Ec2Client ec2 = stack.person.ec2();
        String id = ec2.createInternetGateway().internetGateway().internetGatewayId();
        ec2.attachInternetGateway(it -> it.internetGatewayId(id).vpcId(stack.id(VPC)));
        return id;
    }

    private static String peering(SandboxStack stack) {
        String other = stack.person.ec2().describeVpcs().vpcs().stream().filter(it -> it.isDefault()).findFirst().orElseThrow().vpcId();
        String id = stack.person.ec2().createVpcPeeringConnection(it -> it.vpcId(other).peerVpcId(stack.id(VPC)))
                .vpcPeeringConnection().vpcPeeringConnectionId();
        stack.advance(Duration.ofSeconds(10));
        stack.person.ec2().acceptVpcPeeringConnection(it -> it.vpcPeeringConnectionId(id));
        stack.advance(Duration.ofSeconds(10));
        return id;
    }

    private static String record(SandboxStack stack, ChangeAction action) {
        String zone = stack.id("dns/hosted-zone");
        String name = "theirs." + stack.person.route53().getHostedZone(it -> it.id(zone)).hostedZone().name();
        Change change = Change.builder().action(action).resourceRecordSet(set -> set.name(name).type(RRType.TXT).ttl(60L)
                .resourceRecords(ResourceRecord.builder().value("\"theirs\"").build())).build();
        stack.person.route53().changeResourceRecordSets(it -> it.hostedZoneId(zone).changeBatch(batch -> batch.changes(change)));
        return name.replaceFirst("\\.$", "");
    }

    private static String apiThroughTheLink(SandboxStack stack) {
        Aws aws = stack.person;
        String api = aws.apiGateway().createRestApi(it -> it.name("theirs")
                .endpointConfiguration(endpoint -> endpoint.types(EndpointType.REGIONAL))).id();
        String root = aws.apiGateway().getResources(it -> it.restApiId(api)).items().getFirst().id();
        aws.apiGateway().putMethod(it -> it.restApiId(api).resourceId(root).httpMethod("GET").authorizationType("NONE"));
        aws.apiGateway().putIntegration(it -> it.restApiId(api).resourceId(root).httpMethod("GET").integrationHttpMethod("GET")
                .type(IntegrationType.HTTP_PROXY).uri("http://example.internal/").connectionType(ConnectionType.VPC_LINK)
                .connectionId(stack.id("api/vpc-link")));
        aws.apiGateway().createDeployment(it -> it.restApiId(api).stageName("live"));
        return api;
    }

    private static String service(SandboxStack stack) {
        EcsClient ecs = stack.person.ecs();
        ContainerDefinition web = ContainerDefinition.builder().name("web").essential(true)
                .image("nginx").build();
        ecs.registerTaskDefinition(it -> it.family("theirs").requiresCompatibilities(Compatibility.FARGATE)
                .networkMode(NetworkMode.AWSVPC).cpu("256").memory("512").containerDefinitions(web));
        return ecs.createService(it -> it.cluster(stack.id("service/cluster")).serviceName("theirs").taskDefinition("theirs")
                .desiredCount(0).launchType(LaunchType.FARGATE).networkConfiguration(network -> network.awsvpcConfiguration(
                        vpc -> vpc.subnets(peerSubnet(stack))))).service().serviceArn();
    }

    private static String peerSubnet(SandboxStack stack) {
        return stack.person.ec2().describeSubnets().subnets().stream()
                .filter(it -> it.vpcId().equals(SandboxStack.PEER_VPC)).findFirst().orElseThrow().subnetId();
    }

    private static String profile(SandboxStack stack) {
        stack.person.iam().createInstanceProfile(it -> it.instanceProfileName("theirs"));
        stack.person.iam().addRoleToInstanceProfile(it -> it.instanceProfileName("theirs")
                .roleName(name(stack.id("service/task-role"))));
        return "theirs";
    }

    static String name(String arn) {
        return arn.replaceFirst(".*/", "");
    }

    /** As IAM's policies name what a call needs (Service Authorization Reference): API Gateway's actions are HTTP's methods. */
    static String action(String operation) {
        Map<String, String> services = Map.of("elbv2", "elasticloadbalancing");
        String service = operation.substring(0, operation.indexOf(':'));
        return service.equals("apigateway") ? "apigateway:DELETE"
                : services.getOrDefault(service, service) + operation.substring(operation.indexOf(':'));
    }
}
