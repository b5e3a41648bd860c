package dev.privateapi.simulation.parity;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awssdk.services.ecs.EcsClient;
import software.amazon.awssdk.services.ecs.model.AwsVpcConfiguration;
import software.amazon.awssdk.services.ecs.model.Compatibility;
import software.amazon.awssdk.services.ecs.model.ContainerDefinition;
import software.amazon.awssdk.services.ecs.model.CreateServiceResponse;
import software.amazon.awssdk.services.ecs.model.LaunchType;
import software.amazon.awssdk.services.ecs.model.NetworkMode;
import software.amazon.awssdk.services.ecs.model.PortMapping;
import software.amazon.awssdk.services.ecs.model.RegisterTaskDefinitionResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.ElasticLoadBalancingV2Client;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.Action;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ActionTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.CreateListenerResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.CreateLoadBalancerResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.CreateTargetGroupResponse;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerAttribute;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerSchemeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerTypeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.ProtocolEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.TargetTypeEnum;

/** What Elastic Load Balancing, ECS, IAM and CloudWatch Logs are asked. */
final class ServiceScripts {

    private static final String TRUST = """
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            "Action": "sts:AssumeRole"}]}""";

    private final Transcript transcript;
    private final ElasticLoadBalancingV2Client balancing;
    private final EcsClient ecs;

    ServiceScripts(Transcript transcript) {
        this.transcript = transcript;
        this.balancing = transcript.aws().loadBalancing();
        this.ecs = transcript.aws().ecs();
    }

    static Map<String, Consumer<Transcript>> all() {
        return Map.of(
                "load balancer", it -> new ServiceScripts(it).loadBalancer(),
                "role", it -> new ServiceScripts(it).role(),
                "log group", it -> new ServiceScripts(it).logGroup(),
                "cluster and task definition", it -> new ServiceScripts(it).cluster(),
                "service", it -> new ServiceScripts(it).service());
    }

    // ---- load balancer

    private void loadBalancer() {
        Ground ground = Ground.made(transcript, "10.30");
        String balancer = transcript.made("CreateLoadBalancer", () -> balancer("lb", ground.subnets()))
                .loadBalancers().getFirst().loadBalancerArn();
        transcript.seen("the same again", () ->
                balancer("lb", ground.subnets()).loadBalancers().getFirst().loadBalancerArn().equals(balancer));
        transcript.tried("the name with other settings", () -> balancer("lb", ground.subnets().subList(0, 1)));
        balancers(balancer);
        String group = transcript.made("CreateTargetGroup", () -> group("tg", 80, ground)).targetGroups().getFirst()
                .targetGroupArn();
        transcript.tried("its name with other settings", () -> group("tg", 81, ground));
        String listener = transcript.made("CreateListener", () -> listener(balancer, group, 80)).listeners().getFirst()
                .listenerArn();
        transcript.seen("the same again", () ->
                listener(balancer, group, 80).listeners().getFirst().listenerArn().equals(listener));
        transcript.tried("DeleteTargetGroup in use", () -> balancing.deleteTargetGroup(it -> it.targetGroupArn(group)));
        transcript.passes(80);
        balancers(balancer);
        transcript.passes(120);
        balancers(balancer);
        protectAndDelete(balancer);
        transcript.tried("DeleteListener after that", () -> balancing.deleteListener(it -> it.listenerArn(listener)));
        transcript.tried("DeleteSubnet at once", () ->
                transcript.aws().ec2().deleteSubnet(it -> it.subnetId(ground.subnets().getFirst())));
        transcript.tried("DeleteTargetGroup", () -> balancing.deleteTargetGroup(it -> it.targetGroupArn(group)));
        transcript.tried("DeleteTargetGroup again", () -> balancing.deleteTargetGroup(it -> it.targetGroupArn(group)));
        transcript.tried("DescribeTags", () -> balancing.describeTags(it -> it.resourceArns(group)));
        transcript.passes(120);
        transcript.tried("DeleteSubnet", () ->
                transcript.aws().ec2().deleteSubnet(it -> it.subnetId(ground.subnets().getFirst())));
    }

    private void protectAndDelete(String balancer) {
        protect(balancer, "true");
        transcript.tried("DeleteLoadBalancer, protected", () ->
                balancing.deleteLoadBalancer(it -> it.loadBalancerArn(balancer)));
        protect(balancer, "false");
        transcript.tried("DeleteLoadBalancer", () -> balancing.deleteLoadBalancer(it -> it.loadBalancerArn(balancer)));
        transcript.tried("DeleteLoadBalancer again", () -> balancing.deleteLoadBalancer(it -> it.loadBalancerArn(balancer)));
        transcript.seen("by name", () -> balancing.describeLoadBalancers(it -> it.names("lb")).loadBalancers().size());
    }

    private void protect(String balancer, String value) {
        balancing.modifyLoadBalancerAttributes(it -> it.loadBalancerArn(balancer).attributes(
                LoadBalancerAttribute.builder().key("deletion_protection.enabled").value(value).build()));
    }

    private CreateLoadBalancerResponse balancer(String name, List<String> subnets) {
        return balancing.createLoadBalancer(it -> it.name(name).type(LoadBalancerTypeEnum.NETWORK)
                .scheme(LoadBalancerSchemeEnum.INTERNAL).subnets(subnets));
    }

    private CreateTargetGroupResponse group(String name, int port, Ground ground) {
        return balancing.createTargetGroup(it -> it.name(name).protocol(ProtocolEnum.TCP).port(port).vpcId(ground.vpc())
                .targetType(TargetTypeEnum.IP));
    }

    private CreateListenerResponse listener(String balancer, String group, int port) {
        return balancing.createListener(it -> it.loadBalancerArn(balancer).port(port).protocol(ProtocolEnum.TCP)
                .defaultActions(Action.builder().type(ActionTypeEnum.FORWARD).targetGroupArn(group).build()));
    }

    private void balancers(String arn) {
        transcript.seen("the load balancer", () -> balancing.describeLoadBalancers(it -> it.names("lb")).loadBalancers()
                .stream().filter(it -> it.loadBalancerArn().equals(arn))
                .map(it -> it.state().codeAsString() + " " + it.availabilityZones().size()).toList());
    }

    // ---- role

    private void role() {
        String policy = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";
        var iam = transcript.aws().iam();
        transcript.tried("CreateRole", () -> iam.createRole(it -> it.roleName("script").assumeRolePolicyDocument(TRUST)));
        transcript.tried("CreateRole again", () ->
                iam.createRole(it -> it.roleName("script").assumeRolePolicyDocument(TRUST)));
        transcript.tried("AttachRolePolicy", () -> iam.attachRolePolicy(it -> it.roleName("script").policyArn(policy)));
        transcript.tried("AttachRolePolicy again", () -> iam.attachRolePolicy(it -> it.roleName("script").policyArn(policy)));
        transcript.tried("DeleteRole with a policy", () -> iam.deleteRole(it -> it.roleName("script")));
        transcript.tried("DetachRolePolicy", () -> iam.detachRolePolicy(it -> it.roleName("script").policyArn(policy)));
        transcript.tried("DetachRolePolicy again", () -> iam.detachRolePolicy(it -> it.roleName("script").policyArn(policy)));
        transcript.tried("PutRolePolicy", () ->
                iam.putRolePolicy(it -> it.roleName("script").policyName("more").policyDocument(TRUST.replace(
                        "\"Principal\": {\"Service\": \"ecs-tasks.amazonaws.com\"},", "\"Resource\": \"*\","))));
        transcript.tried("DeleteRole with an inline policy", () -> iam.deleteRole(it -> it.roleName("script")));
        transcript.tried("DeleteRolePolicy", () -> iam.deleteRolePolicy(it -> it.roleName("script").policyName("more")));
        transcript.tried("DeleteRolePolicy again", () -> iam.deleteRolePolicy(it -> it.roleName("script").policyName("more")));
        transcript.tried("DeleteRole", () -> iam.deleteRole(it -> it.roleName("script")));
        transcript.tried("DeleteRole again", () -> iam.deleteRole(it -> it.roleName("script")));
        transcript.tried("GetRole", () -> iam.getRole(it -> it.roleName("script")));
    }

    // ---- logs

    private void logGroup() {
        var logs = transcript.aws().logs();
        transcript.tried("CreateLogGroup", () ->
                logs.createLogGroup(it -> it.logGroupName("/script").tags(Map.of("script", "logs"))));
        transcript.tried("CreateLogGroup again", () -> logs.createLogGroup(it -> it.logGroupName("/script")));
        transcript.tried("PutRetentionPolicy", () ->
                logs.putRetentionPolicy(it -> it.logGroupName("/script").retentionInDays(7)));
        transcript.seen("the group", () -> logs.describeLogGroups(it -> it.logGroupNamePrefix("/script")).logGroups().stream()
                .map(it -> it.logGroupName() + " " + it.retentionInDays()).toList());
        transcript.tried("DeleteLogGroup", () -> logs.deleteLogGroup(it -> it.logGroupName("/script")));
        transcript.tried("DeleteLogGroup again", () -> logs.deleteLogGroup(it -> it.logGroupName("/script")));
        transcript.tried("PutRetentionPolicy of none", () ->
                logs.putRetentionPolicy(it -> it.logGroupName("/script").retentionInDays(7)));
    }

    // ---- ECS

    private void cluster() {
        String cluster = transcript.made("CreateCluster", () -> ecs.createCluster(it -> it.clusterName("c1")))
                .cluster().clusterArn();
        transcript.seen("the same again", () ->
                ecs.createCluster(it -> it.clusterName("c1")).cluster().clusterArn().equals(cluster));
        transcript.tried("an image of ECR without a role", () -> definition("d1", null));
        String first = definition("d1").taskDefinition().taskDefinitionArn();
        transcript.seen("each registration adds a revision", () ->
                definition("d1").taskDefinition().revision());
        transcript.tried("DeleteTaskDefinitions of an active one", () ->
                failures(first));
        transcript.seen("why not", () -> failures(first));
        transcript.tried("DeregisterTaskDefinition", () -> ecs.deregisterTaskDefinition(it -> it.taskDefinition(first)));
        transcript.seen("its state", () -> ecs.describeTaskDefinition(it -> it.taskDefinition(first)).taskDefinition()
                .statusAsString());
        transcript.seen("deleted with failures", () -> failures(first));
        transcript.tried("DeleteCluster", () -> ecs.deleteCluster(it -> it.cluster(cluster)));
        transcript.seen("its state", () ->
                ecs.describeClusters(it -> it.clusters(cluster)).clusters().stream().map(it -> it.status()).toList());
        transcript.tried("DeleteCluster of none", () -> ecs.deleteCluster(it -> it.cluster("none")));
    }

    private List<String> failures(String definition) {
        return ecs.deleteTaskDefinitions(it -> it.taskDefinitions(definition)).failures().stream()
                .map(it -> it.reason()).toList();
    }

    private RegisterTaskDefinitionResponse definition(String family) {
        return definition(family, "arn:aws:iam::123456789012:role/" + family);
    }

    private RegisterTaskDefinitionResponse definition(String family, String role) {
        return ecs.registerTaskDefinition(it -> it.family(family).executionRoleArn(role)
                .requiresCompatibilities(Compatibility.FARGATE)
                .networkMode(NetworkMode.AWSVPC).cpu("256").memory("512")
                .containerDefinitions(ContainerDefinition.builder().name("web").essential(true)
                        .image("123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/poc_web:web")
                        .portMappings(PortMapping.builder().containerPort(80).build()).build()));
    }

    private void service() {
        Ground ground = Ground.made(transcript, "10.31");
        String cluster = ecs.createCluster(it -> it.clusterName("c2")).cluster().clusterArn();
        String definition = definition("d2").taskDefinition().taskDefinitionArn();
        transcript.tried("CreateService in a cluster that is none", () -> service("none", definition, 0, ground));
        String service = transcript.made("CreateService", () -> service(cluster, definition, 0, ground)).service().serviceArn();
        transcript.tried("CreateService again, with other settings", () -> service(cluster, definition, 1, ground));
        services(cluster, service);
        transcript.tried("DeleteCluster with a service", () -> ecs.deleteCluster(it -> it.cluster(cluster)));
        transcript.tried("UpdateService", () ->
                ecs.updateService(it -> it.cluster(cluster).service(service).desiredCount(0)));
        transcript.tried("DeleteService", () -> ecs.deleteService(it -> it.cluster(cluster).service(service).force(true)));
        services(cluster, service);
        transcript.tried("UpdateService when it drains", () ->
                ecs.updateService(it -> it.cluster(cluster).service(service).desiredCount(1)));
        transcript.tried("CreateService when it drains", () -> service(cluster, definition, 0, ground));
        transcript.passes(400);
        services(cluster, service);
        transcript.tried("DeleteService again", () ->
                ecs.deleteService(it -> it.cluster(cluster).service(service).force(true)));
        transcript.tried("DeleteCluster", () -> ecs.deleteCluster(it -> it.cluster(cluster)));
    }

    private CreateServiceResponse service(String cluster, String definition, int count, Ground ground) {
        AwsVpcConfiguration where = AwsVpcConfiguration.builder().subnets(ground.subnets()).securityGroups(ground.group())
                .build();
        return ecs.createService(it -> it.cluster(cluster).serviceName("s1").taskDefinition(definition).desiredCount(count)
                .launchType(LaunchType.FARGATE).networkConfiguration(network -> network.awsvpcConfiguration(where)));
    }

    private void services(String cluster, String service) {
        transcript.seen("the service", () -> ecs.describeServices(it -> it.cluster(cluster).services(service)).services()
                .stream().map(it -> it.status() + " " + it.desiredCount()).toList());
    }
}
