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
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ClaimsTest {

    private static final Owner OWNER = new Owner("uid-1", "default", "poc", "cluster-1");
    private static final Owner OTHER = new Owner("uid-2", "team", "other", "cluster-1");
    private static final ResourceKey VPC = ResourceKey.of(Layer.NETWORK, Kind.VPC, "vpc");
    private static final ResourceKey SUBNET = ResourceKey.of(Layer.NETWORK, Kind.SUBNET, "subnet/a");
    private static final ResourceKey OTHER_SUBNET = ResourceKey.of(Layer.NETWORK, Kind.SUBNET, "subnet/b");

    private final Claims claims = new Claims(OWNER, Map.of("vpc-1", VPC, "subnet-a", SUBNET));

    @Test
    void whatCarriesTheOwnersTagIsTheStacksWhetherWrittenDownOrNot() {
        assertThat(claims.of(Kind.VPC, "vpc-new", Ownership.tags(OWNER, VPC))).contains(new Claim.Own(VPC));
        assertThat(claims.own(Kind.VPC, "vpc-1", Ownership.tags(OWNER, VPC))).isTrue();
    }

    @Test
    void whatIsWrittenDownAndCarriesNoOwnersTagIsStillTheStacks() {
        assertThat(claims.of(Kind.VPC, "vpc-1", Map.of("Name", "mine"))).contains(new Claim.Own(VPC));
        assertThat(claims.of(Kind.VPC, "vpc-1", Map.of(Ownership.OWNER_UID, " "))).as("nobody's name").contains(new Claim.Own(VPC));
        assertThat(claims.of(Kind.VPC, "vpc-2", Map.of())).as("not written down").isEmpty();
    }

    @Test
    void whatIsWrittenDownAndCarriesAnothersTagIsTheOthersAndSaysSo() {
        Claim.Refused claim = refused(claims.of(Kind.VPC, "vpc-1", tags("uid-2", OTHER, VPC)));

        assertThat(claim.key()).isEqualTo(VPC);
        assertThat(claim.problem().category()).isEqualTo(Category.FOREIGN);
        assertThat(claim.problem().message())
                .contains("AWS::EC2::VPC vpc-1", "network/vpc", "privateapi.dev/owner-uid=uid-2", "set it to uid-1");
        assertThat(claims.of(Kind.VPC, "vpc-3", tags("uid-2", OTHER, VPC))).as("none of its business").isEmpty();
    }

    @Test
    void whatItWasMadeForIsKnownBetterByTheInventoryThanByATag() {
        assertThat(claims.of(Kind.SUBNET, "subnet-a", tags("uid-1", OWNER, OTHER_SUBNET))).contains(new Claim.Own(SUBNET));
        assertThat(claims.of(Kind.SUBNET, "subnet-a", Map.of(Ownership.OWNER_UID, "uid-1", Ownership.RESOURCE, "nonsense")))
                .contains(new Claim.Own(SUBNET));
    }

    @Test
    void anIdIsOneOfItsKindOnly() {
        assertThat(claims.of(Kind.SUBNET, "vpc-1", Map.of())).isEmpty();
        assertThat(claims.knows(Kind.VPC, "vpc-1")).isTrue();
        assertThat(claims.knows(Kind.SUBNET, "vpc-1")).isFalse();
        assertThat(claims.id(SUBNET)).contains("subnet-a");
        assertThat(claims.unlisted(Kind.VPC, List.of())).containsExactly("vpc-1");
        assertThat(claims.unlisted(Kind.VPC, List.of("vpc-1"))).isEmpty();
    }

    @Test
    void whatAnEarlierStackOfTheNameLeftIsTheStacksOnlyIfAPersonSaysSo() {
        Map<String, String> left = tags("uid-0", OWNER, VPC);

        Claim.Refused unsaid = refused(claims.of(Kind.VPC, "vpc-0", left));

        assertThat(unsaid.problem().category()).isEqualTo(Category.ADOPTION);
        assertThat(unsaid.problem().message()).contains("vpc-0", "privateapi.dev/adopt: owner-uid=uid-0");
        assertThat(adopting(Map.of(), "uid-0").of(Kind.VPC, "vpc-0", left)).contains(new Claim.Own(VPC));
        assertThat(adopting(Map.of(), "uid-0").another(left)).isFalse();
        assertThat(adopting(Map.of(), "uid-0").namers()).extracting(Owner::uid).containsExactly("uid-1", "uid-0");
    }

    @Test
    void whatCarriesTheNamedUidButIsOfAnotherInstallationIsRefusedAndNothingIsMadeBesideIt() {
        Owner elsewhere = new Owner("uid-0", "default", "poc", "cluster-0");

        Claim.Refused claim = refused(adopting(Map.of(), "uid-0").of(Kind.VPC, "vpc-0", Ownership.tags(elsewhere, VPC)));

        assertThat(claim.problem().message()).contains("installation cluster-0", "PRIVATEAPI_CLUSTER_ID");
    }

    @Test
    void anObjectIsAdoptedByItsIdIfItSaysSoItself() {
        Claims naming = adopting(Map.of("vpc-9", VPC));

        assertThat(refused(naming.of(Kind.VPC, "vpc-9", Map.of("Name", "mine"))).problem().message())
                .as("who writes the resource may not take what the operator can reach")
                .contains("give it the tag privateapi.dev/adopt=default/poc");
        assertThat(naming.of(Kind.VPC, "vpc-9", Map.of(Adoption.CONSENT, "default/poc"))).contains(new Claim.Offered(VPC));
        assertThat(refused(naming.of(Kind.VPC, "vpc-9", Map.of(Adoption.CONSENT, "default/another")))).isNotNull();
        assertThat(naming.of(Kind.SUBNET, "vpc-9", Map.of(Adoption.CONSENT, "default/poc"))).as("of its kind only").isEmpty();
    }

    @Test
    void whatIsALivingOwnersIsAdoptedOnlyIfThatOwnerIsNamed() {
        Map<String, String> others = tags("uid-7", OTHER, VPC);
        others.put(Adoption.CONSENT, "default/poc");

        assertThat(refused(adopting(Map.of("vpc-9", VPC)).of(Kind.VPC, "vpc-9", others)).problem().message())
                .contains("owner-uid=uid-7 of team/other");
        assertThat(adopting(Map.of("vpc-9", VPC), "uid-7").of(Kind.VPC, "vpc-9", others)).contains(new Claim.Offered(VPC));
    }

    private static Claim.Refused refused(Optional<Claim> claim) {
        return (Claim.Refused) claim.orElseThrow();
    }

    private static Claims adopting(Map<String, ResourceKey> ids, String... uids) {
        return new Claims(OWNER, Map.of(), ids, Set.of(uids));
    }

    private static Map<String, String> tags(String uid, Owner owner, ResourceKey key) {
        Map<String, String> tags = new HashMap<>(Ownership.tags(owner, key));
        tags.put(Ownership.OWNER_UID, uid);
        return tags;
    }
}
