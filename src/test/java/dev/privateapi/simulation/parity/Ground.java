package dev.privateapi.simulation.parity;

import java.util.List;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.Ec2Client;

/** The VPC with two subnets and a group that other services' objects stand in. */
record Ground(String vpc, List<String> subnets, String group) {

    /** @param block the VPC's first two bytes */
    static Ground made(Transcript transcript, String block) {
        Ec2Client ec2 = transcript.aws().ec2();
        String vpc = ec2.createVpc(it -> it.cidrBlock(block + ".0.0/16")).vpc().vpcId();
        transcript.passes(10);
        ec2.modifyVpcAttribute(it -> it.vpcId(vpc).enableDnsHostnames(value -> value.value(true)));
        List<String> subnets = Stream.of("a", "c").map(zone -> ec2.createSubnet(it -> it.vpcId(vpc)
                .cidrBlock(block + (zone.equals("a") ? ".1.0/24" : ".2.0/24")).availabilityZone("ap-northeast-1" + zone))
                .subnet().subnetId()).toList();
        String group = ec2.createSecurityGroup(it -> it.vpcId(vpc).groupName("ground").description("script")).groupId();
        transcript.passes(10);
        return new Ground(vpc, subnets, group);
    }
}
