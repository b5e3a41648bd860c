package dev.privateapi.ownership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.model.Kind;
import dev.privateapi.model.Layer;
import dev.privateapi.model.ResourceKey;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OwnershipTest {

    private static final Owner OWNER = owner("uid-1", "poc");
    private static final ResourceKey VPC = ResourceKey.of(Layer.NETWORK, Kind.VPC, "vpc");
    private static final ResourceKey NLB = ResourceKey.of(Layer.LOAD_BALANCER, Kind.LOAD_BALANCER, "nlb");
    /** As long as Kubernetes and the CRD allow, and not made of what AWS allows. */
    private static final Owner LONGEST = new Owner("3c5d6a1e-0f1b-4b8e-9d5a-0123456789ab", "n".repeat(63), "a.b".repeat(64), "c");
    /** What the CRD allows for a forward rule's domain. */
    private static final int LONGEST_DOMAIN = 238;

    @ParameterizedTest
    @ValueSource(ints = {32, 63, 64, 80, 255})
    void namesKeepToTheLimitAndToTheStrictestCharacters(int limit) {
        Stream.of(OWNER, LONGEST, owner("uid-1", "x")).forEach(owner -> everyKey().forEach(key ->
                assertThat(new Name(owner, key).within(limit))
                        .as("load balancers take letters, digits and inner hyphens only")
                        .hasSizeLessThanOrEqualTo(limit).matches("[a-z0-9]+(-[a-z0-9]+)*")));
    }

    @Test
    void namesAreTheSameEachTimeAndReadable() {
        assertThat(new Name(OWNER, NLB).within(32)).isEqualTo(new Name(OWNER, NLB).within(32)).startsWith("poc-load-balancer-n");
    }

    @Test
    void namesOfDifferentResourcesAndStacksDiffer() {
        List<String> names = Stream.of(OWNER, owner("uid-2", "poc"), LONGEST)
                .flatMap(owner -> everyKey().map(key -> new Name(owner, key).within(Name.LOAD_BALANCING_LIMIT))).toList();

        assertThat(names).as("a stack that is created again under its old name is another one").doesNotHaveDuplicates();
    }

    @Test
    void tokensFitTheStrictestApi() {
        assertThat(new Birth(LONGEST, VPC, "1a2b3c4d").token()).as("ECS takes 36 characters").hasSizeLessThanOrEqualTo(36);
    }

    @Test
    void tokenIsTheSameForARepetitionAndAnotherForAnotherCreate() {
        String token = new Birth(OWNER, VPC, "1").token();

        assertThat(new Birth(OWNER, VPC, "1").token()).isEqualTo(token);
        assertThat(Stream.of(new Birth(OWNER, VPC, "2"), new Birth(OWNER, NLB, "1"), new Birth(owner("uid-2", "poc"), VPC, "1"))
                .map(Birth::token)).doesNotContain(token).doesNotHaveDuplicates();
    }

    @Test
    void tagsKeepToTheLimitsOfAwsWhateverTheSpecNames() {
        ResourceKey stage = ResourceKey.of(Layer.API, Kind.STAGE, "stage/" + "s".repeat(128));
        ResourceKey rule = ResourceKey.of(Layer.DNS, Kind.RESOLVER_RULE, "resolver-rule/" + "d".repeat(LONGEST_DOMAIN));

        Stream.of(VPC, stage, rule).forEach(resource -> new Birth(LONGEST, resource, "1").tags().forEach((key, value) -> {
            assertThat(key).hasSizeLessThanOrEqualTo(128);
            assertThat(value).as(key).hasSizeLessThanOrEqualTo(256);
        }));
    }

    @Test
    void tagsSayWhoseAnObjectIsAndWhat() {
        assertThat(Ownership.key(OWNER, Kind.VPC, Ownership.tags(OWNER, VPC))).contains(VPC);
    }

    @Test
    void onlyTheUidDecides() {
        assertThat(Ownership.key(owner("uid-2", "poc"), Kind.VPC, Ownership.tags(OWNER, VPC)))
                .as("the same name, another stack").isEmpty();
        assertThat(Ownership.key(new Owner("uid-1", "moved", "renamed", "other"), Kind.VPC, Ownership.tags(OWNER, VPC)))
                .as("the same stack, whatever its path").contains(VPC);
        assertThat(Ownership.key(OWNER, Kind.VPC, Map.of())).isEmpty();
    }

    @Test
    void objectWithoutItsResourceTagIsNobodysGuess() {
        Map<String, String> tags = new HashMap<>(Ownership.tags(OWNER, VPC));
        tags.remove(Ownership.RESOURCE);

        assertThat(Ownership.key(OWNER, Kind.VPC, tags)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "vpc", "/vpc", "garden/vpc"})
    void nameThatNoStackGivesIsLeftAlone(String name) {
        Map<String, String> tags = new HashMap<>(Ownership.tags(OWNER, VPC));
        tags.put(Ownership.RESOURCE, name);

        assertThat(Ownership.key(OWNER, Kind.VPC, tags)).as("a person can edit tags, and no pass may fail for it").isEmpty();
    }

    private static Stream<ResourceKey> everyKey() {
        return Stream.of(Layer.values()).flatMap(layer -> IntStream.range(0, 20)
                .mapToObj(i -> ResourceKey.of(layer, Kind.SECURITY_GROUP, "security-group/with/a/long/and/equal/beginning/" + i)));
    }

    private static Owner owner(String uid, String name) {
        return new Owner(uid, "default", name, "test");
    }
}
