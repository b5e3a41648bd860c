package dev.privateapi.layers;

import static java.util.stream.Collectors.toCollection;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import software.amazon.awssdk.services.ec2.model.IpPermission;
import software.amazon.awssdk.services.ec2.model.IpRange;
import software.amazon.awssdk.services.ec2.model.Ipv6Range;
import software.amazon.awssdk.services.ec2.model.PrefixListId;
import software.amazon.awssdk.services.ec2.model.UserIdGroupPair;

/**
 * One rule of a security group by its natural key; AWS groups those of one protocol and port into one permission.
 *
 * @param protocol {@code -1} for all
 * @param fromPort -1 for all
 * @param peer where it leads from or to: a block of addresses, {@code <account>/sg-…}, or {@code pl-…}
 */
record SecurityGroupRule(String protocol, int fromPort, int toPort, String peer) implements Comparable<SecurityGroupRule> {

    private static final Comparator<SecurityGroupRule> ORDER = Comparator.comparing(SecurityGroupRule::protocol)
            .thenComparing(SecurityGroupRule::fromPort)
            .thenComparing(SecurityGroupRule::toPort)
            .thenComparing(SecurityGroupRule::peer);

    static Set<SecurityGroupRule> in(Collection<IpPermission> permissions) {
        return permissions.stream()
                .flatMap(permission -> peers(permission).map(peer -> new SecurityGroupRule(
                        permission.ipProtocol(), port(permission.fromPort()), port(permission.toPort()), peer)))
                .collect(toCollection(TreeSet::new));
    }

    private static int port(Integer port) {
        return port == null ? -1 : port;
    }

    private static Stream<String> peers(IpPermission permission) {
        return Stream.of(
                        permission.ipRanges().stream().map(range -> range.cidrIp()),
                        permission.ipv6Ranges().stream().map(range -> range.cidrIpv6()),
                        permission.prefixListIds().stream().map(list -> list.prefixListId()),
                        permission.userIdGroupPairs().stream().map(SecurityGroupRule::group))
                .flatMap(peers -> peers);
    }

    private static String group(UserIdGroupPair pair) {
        return (pair.userId() == null ? "" : pair.userId()) + "/" + pair.groupId();
    }

    static List<IpPermission> permissions(Collection<SecurityGroupRule> rules) {
        return rules.stream().map(SecurityGroupRule::permission).toList();
    }

    private IpPermission permission() {
        IpPermission.Builder permission = IpPermission.builder().ipProtocol(protocol);
        if (!protocol.equals("-1")) {
            permission.fromPort(fromPort).toPort(toPort);
        }
        if (namesGroup()) {
            String account = peer.substring(0, peer.indexOf('/'));
            permission.userIdGroupPairs(UserIdGroupPair.builder()
                    .userId(account.isEmpty() ? null : account)
                    .groupId(peer.substring(peer.indexOf('/') + 1))
                    .build());
        } else if (peer.startsWith("pl-")) {
            permission.prefixListIds(PrefixListId.builder().prefixListId(peer).build());
        } else if (peer.contains(":")) {
            permission.ipv6Ranges(Ipv6Range.builder().cidrIpv6(peer).build());
        } else {
            permission.ipRanges(IpRange.builder().cidrIp(peer).build());
        }
        return permission.build();
    }

    boolean namesGroup() {
        return peer.contains("/sg-");
    }

    @Override
    public int compareTo(SecurityGroupRule other) {
        return ORDER.compare(this, other);
    }

    /** As in {@code tcp 443 10.1.1.0/24}. */
    @Override
    public String toString() {
        String ports = fromPort == toPort ? String.valueOf(fromPort) : fromPort + "-" + toPort;
        return protocol.equals("-1") ? "all " + peer : protocol + " " + ports + " " + peer;
    }
}
