package dev.privateapi.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.model.Kind;
import dev.privateapi.model.Layer;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.ownership.Claims.Claim;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClaimsTest {

    private static final Owner OWNER = new Owner("uid-1", "default", "poc", "cluster-1");
    private static final ResourceKey VPC = ResourceKey.of(Layer.NETWORK, Kind.VPC, "vpc");
    private static final ResourceKey SUBNET = ResourceKey.of(Layer.NETWORK, Kind.SUBNET, "subnet/a");
    private static final ResourceKey OTHER_SUBNET = ResourceKey.of(Layer.NETWORK, Kind.SUBNET, "subnet/b");

    private final Claims claims = new Claims(OWNER, Map.of("vpc-1", VPC, "subnet-a", SUBNET));

    @Test
    void whatCarriesTheOwnersTagIsTheStacksWhetherWrittenDownOrNot() {
        assertThat(claims.of(Kind.VPC, "vpc-new", Ownership.tags(OWNER, VPC))).contains(new Claim(VPC, null));
        assertThat(claims.own(Kind.VPC, "vpc-1", Ownership.tags(OWNER, VPC))).isTrue();
    }

    @Test
    void whatIsWrittenDownAndCarriesNoOwnersTagIsStillTheStacks() {
        assertThat(claims.of(Kind.VPC, "vpc-1", Map.of("Name", "mine"))).contains(new Claim(VPC, null));
        assertThat(claims.of(Kind.VPC, "vpc-1", Map.of(Ownership.OWNER_UID, " "))).as("nobody's name").contains(new Claim(VPC, null));
        assertThat(claims.of(Kind.VPC, "vpc-2", Map.of())).as("not written down").isEmpty();
    }

    @Test
    void whatIsWrittenDownAndCarriesAnothersTagIsTheOthersAndSaysSo() {
        Claim claim = claims.of(Kind.VPC, "vpc-1", tags("uid-2", VPC)).orElseThrow();

        assertThat(claim.own()).isFalse();
        assertThat(claim.key()).isEqualTo(VPC);
        assertThat(claim.refusal().orElseThrow().category()).isEqualTo(Category.FOREIGN);
        assertThat(claim.refusal().orElseThrow().message())
                .contains("AWS::EC2::VPC vpc-1", "network/vpc", "privateapi.dev/owner-uid=uid-2", "set it to uid-1");
        assertThat(claims.of(Kind.VPC, "vpc-3", tags("uid-2", VPC))).as("none of its business").isEmpty();
    }

    @Test
    void whatItWasMadeForIsKnownBetterByTheInventoryThanByATag() {
        assertThat(claims.of(Kind.SUBNET, "subnet-a", tags("uid-1", OTHER_SUBNET))).contains(new Claim(SUBNET, null));
        assertThat(claims.of(Kind.SUBNET, "subnet-a", Map.of(Ownership.OWNER_UID, "uid-1", Ownership.RESOURCE, "nonsense")))
                .contains(new Claim(SUBNET, null));
    }

    @Test
    void anIdIsOneOfItsKindOnly() {
        assertThat(claims.of(Kind.SUBNET, "vpc-1", Map.of())).isEmpty();
        assertThat(claims.knows(Kind.VPC, "vpc-1")).isTrue();
        assertThat(claims.knows(Kind.SUBNET, "vpc-1")).isFalse();
        assertThat(claims.unlisted(Kind.VPC, List.of())).containsExactly("vpc-1");
        assertThat(claims.unlisted(Kind.VPC, List.of("vpc-1"))).isEmpty();
    }

    private static Map<String, String> tags(String uid, ResourceKey key) {
        Map<String, String> tags = new HashMap<>(Ownership.tags(OWNER, key));
        tags.put(Ownership.OWNER_UID, uid);
        return tags;
    }
}
