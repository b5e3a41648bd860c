package dev.privateapi.simulation.parity;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.apigateway.ApiGatewayClient;
import software.amazon.awssdk.services.apigateway.model.EndpointType;
import software.amazon.awssdk.services.apigateway.model.Op;
import software.amazon.awssdk.services.apigateway.model.PatchOperation;
import software.amazon.awssdk.services.apigateway.model.PutMode;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerSchemeEnum;
import software.amazon.awssdk.services.elasticloadbalancingv2.model.LoadBalancerTypeEnum;

/** What API Gateway is asked. */
final class ApiScripts {

    private static final String DOCUMENT = """
            {"openapi": "3.0.1", "info": {"title": "script", "version": "1"},
            %s "paths": {"/items": {"get": {
            "responses": {}, "x-amazon-apigateway-integration": {"type": "HTTP_PROXY", "httpMethod": "GET",
            "uri": "http://10.0.0.1/items", "connectionType": "VPC_LINK", "connectionId": "${stageVariables.vpcLinkId}",
            "passthroughBehavior": "when_no_match", "timeoutInMillis": 29000}}}}}""";

    private static final String POLICY = """
            "x-amazon-apigateway-policy": {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
            "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}]},""";

    private final Transcript transcript;
    private final ApiGatewayClient gateway;

    ApiScripts(Transcript transcript) {
        this.transcript = transcript;
        this.gateway = transcript.aws().apiGateway();
    }

    static Map<String, Consumer<Transcript>> all() {
        return Map.of(
                "REST API, deployment and stage", it -> new ApiScripts(it).api(),
                "VPC link", it -> new ApiScripts(it).link());
    }

    private String created() {
        return gateway.createRestApi(it -> it.name("script").tags(Map.of("script", "api"))
                .endpointConfiguration(endpoints -> endpoints.types(EndpointType.PRIVATE))).id();
    }

    private void api() {
        String api = transcript.made("CreateRestApi", this::created);
        transcript.seen("a second one of the name", () -> !created().equals(api));
        transcript.seen("their tags", () -> gateway.getRestApis().items().stream()
                .filter(it -> it.name().equals("script")).map(it -> it.tags()).toList());
        transcript.tried("CreateDeployment without a method", () -> gateway.createDeployment(it -> it.restApiId(api)));
        transcript.tried("PutRestApi", () -> put(api, ""));
        transcript.tried("CreateDeployment without a policy", () -> gateway.createDeployment(it -> it.restApiId(api)));
        transcript.tried("PutRestApi", () -> put(api, POLICY));
        transcript.seen("the resources", () -> gateway.getResources(it -> it.restApiId(api).embed("methods")).items().stream()
                .map(it -> it.path() + " " + it.resourceMethods().keySet()).sorted().toList());
        String deployment = transcript.made("CreateDeployment", () ->
                gateway.createDeployment(it -> it.restApiId(api).description("script"))).id();
        transcript.tried("CreateStage", () -> stage(api, deployment));
        transcript.tried("CreateStage again", () -> stage(api, deployment));
        transcript.tried("CreateStage of no deployment", () -> gateway.createStage(it ->
                it.restApiId(api).stageName("other").deploymentId("none00")));
        transcript.tried("UpdateStage", () -> gateway.updateStage(it -> it.restApiId(api).stageName("live").patchOperations(
                PatchOperation.builder().op(Op.REPLACE).path("/variables/vpcLinkId").value("two").build())));
        transcript.seen("the stage", () -> gateway.getStages(it -> it.restApiId(api)).item().stream()
                .map(it -> it.stageName() + " " + it.variables()).toList());
        transcript.tried("DeleteDeployment in use", () ->
                gateway.deleteDeployment(it -> it.restApiId(api).deploymentId(deployment)));
        transcript.tried("DeleteStage", () -> gateway.deleteStage(it -> it.restApiId(api).stageName("live")));
        transcript.tried("DeleteStage again", () -> gateway.deleteStage(it -> it.restApiId(api).stageName("live")));
        transcript.tried("DeleteDeployment", () ->
                gateway.deleteDeployment(it -> it.restApiId(api).deploymentId(deployment)));
        transcript.tried("DeleteRestApi", () -> gateway.deleteRestApi(it -> it.restApiId(api)));
        transcript.tried("DeleteRestApi again", () -> gateway.deleteRestApi(it -> it.restApiId(api)));
        transcript.tried("GetResources of none", () -> gateway.getResources(it -> it.restApiId(api)));
        transcript.tried("GetStages of none", () -> gateway.getStages(it -> it.restApiId(api)));
    }

    private Object put(String api, String more) {
        return gateway.putRestApi(it -> it.restApiId(api).mode(PutMode.OVERWRITE)
                .body(SdkBytes.fromUtf8String(DOCUMENT.formatted(more))));
    }

    private Object stage(String api, String deployment) {
        return gateway.createStage(it -> it.restApiId(api).stageName("live").deploymentId(deployment)
                .variables(Map.of("vpcLinkId", "one")));
    }

    private void link() {
        Ground ground = Ground.made(transcript, "10.40");
        var balancing = transcript.aws().loadBalancing();
        String balancer = balancing.createLoadBalancer(it -> it.name("linked").type(LoadBalancerTypeEnum.NETWORK)
                .scheme(LoadBalancerSchemeEnum.INTERNAL).subnets(ground.subnets())).loadBalancers().getFirst().loadBalancerArn();
        String early = transcript.made("CreateVpcLink before the load balancer is active", () -> linked(balancer));
        transcript.passes(60);
        links();
        transcript.tried("DeleteVpcLink", () -> gateway.deleteVpcLink(it -> it.vpcLinkId(early)));
        transcript.passes(200);
        links();
        String link = transcript.made("CreateVpcLink", () -> linked(balancer));
        links();
        transcript.passes(100);
        links();
        transcript.tried("DeleteLoadBalancer in use", () -> balancing.deleteLoadBalancer(it -> it.loadBalancerArn(balancer)));
        transcript.passes(150);
        links();
        transcript.tried("DeleteVpcLink", () -> gateway.deleteVpcLink(it -> it.vpcLinkId(link)));
        links();
        transcript.tried("DeleteLoadBalancer still in use", () ->
                balancing.deleteLoadBalancer(it -> it.loadBalancerArn(balancer)));
        transcript.passes(100);
        links();
        transcript.tried("DeleteVpcLink again", () -> gateway.deleteVpcLink(it -> it.vpcLinkId(link)));
        transcript.tried("DeleteLoadBalancer", () -> balancing.deleteLoadBalancer(it -> it.loadBalancerArn(balancer)));
    }

    private String linked(String balancer) {
        return gateway.createVpcLink(it -> it.name("script").targetArns(List.of(balancer))).id();
    }

    private void links() {
        transcript.seen("the links", () -> gateway.getVpcLinks().items().stream()
                .map(it -> it.name() + " " + it.statusAsString()).toList());
    }
}
