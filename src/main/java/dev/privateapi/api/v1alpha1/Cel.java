package dev.privateapi.api.v1alpha1;

/**
 * CEL expressions and messages that several fields share. They run in the API server, which knows IP addresses and blocks
 * ({@code isCIDR}, {@code cidr}, {@code isIP}) since Kubernetes 1.31.
 */
final class Cel {

    /**
     * An IPv4 block of a size that AWS takes for VPCs and subnets (/16 to /28, VPC User Guide, "VPC CIDR blocks"), written
     * without host bits: EC2 would mask them silently, and the spec would never equal what AWS reports.
     */
    static final String BLOCK =
            """
            isCIDR(self) && cidr(self).ip().family() == 4
            && cidr(self).prefixLength() >= 16 && cidr(self).prefixLength() <= 28
            && cidr(self).masked() == cidr(self)""";

    static final String BLOCK_MESSAGE =
            """
            !isCIDR(self) || cidr(self).ip().family() != 4
            ? "'" + self + "' is not an IPv4 block: write one of RFC 1918 (in 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16), such as 10.1.0.0/16"
            : cidr(self).prefixLength() < 16 || cidr(self).prefixLength() > 28
            ? self + ' has a size that AWS does not take: write a prefix length from /16 to /28'
            : self + ' is not the first address of its block: clear the bits beyond the prefix length, as in 10.1.0.0/16'""";

    /** Identifiers have 8 hexadecimal digits (before 2018) or 17. */
    static final String VPC_ID = "self.matches('^vpc-[0-9a-f]{8}([0-9a-f]{9})?$')";

    static final String VPC_ID_MESSAGE = "'\"' + self + '\" is not the id of a VPC: write one such as vpc-0123456789abcdef0'";

    static final String REGION = "self.matches('^[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}$')";

    static final String REGION_MESSAGE = "'\"' + self + '\" is not an AWS Region: write its code, such as ap-northeast-1'";

    private Cel() {}
}
