package dev.privateapi.simulation;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.privateapi.api.v1alpha1.PrivateApiStackSpec;

/** Specs, from YAML. */
final class Specs {

    static final String PEER = "vpc-0123456789abcdef0";
    static final String PEER_TOO = "vpc-0123456789abcdef1";
    static final String EXISTING = "vpc-0aaaaaaaaaaaaaaaa";
    static final String SUBNET = "subnet-0aaaaaaaaaaaaaaaa";
    static final String SUBNET_TOO = "subnet-0aaaaaaaaaaaaaaab";
    static final String A = "{cidr: 10.1.1.0/24, availabilityZone: ap-northeast-1a}";
    static final String C = "{cidr: 10.1.2.0/24, availabilityZone: ap-northeast-1c}";
    static final String D = "{cidr: 10.1.3.0/24, availabilityZone: ap-northeast-1d}";
    static final String ONE_PEER = "{vpcId: " + PEER + ", cidr: 10.4.0.0/16}";
    static final String OTHER_PEER = "{vpcId: " + PEER_TOO + ", cidr: 10.5.0.0/16, accountId: '222222222222'}";

    /** The seed's stack, with a forward rule. */
    static final String SEED = """
            region: ap-northeast-1
            vpc:
              cidr: 10.1.0.0/16
              subnets: [%s, %s]
            service: {image: "123456789012.dkr.ecr.ap-northeast-1.amazonaws.com/poc_web:web"}
            api:
              stage: live
              routes: [{path: /, methods: [GET]}]
            dns:
              resolver: InboundAndOutbound
              forwardRules: [{domain: corp.example, targetIps: [10.4.0.10]}]
            peers: [%s]
            """.formatted(A, C, ONE_PEER);

    /** The same in a VPC that is there, in one subnet of somebody else's and one of its own. */
    static final String GUEST = SEED.replace("cidr: 10.1.0.0/16", "id: " + EXISTING)
            .replace(A + ", " + C, "{id: " + SUBNET + "}, " + C);

    private static final ObjectMapper YAML = new YAMLMapper();

    private Specs() {}

    static PrivateApiStackSpec of(String yaml) {
        try {
            return YAML.readValue(yaml, PrivateApiStackSpec.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(yaml, e);
        }
    }
}
