package dev.privateapi.layers;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.ownership.Ownership;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ShownTest {

    private record Thing(String id, Map<String, String> tags) {}

    private static final Thing OURS = new Thing("vpc-1", Map.of(Ownership.OWNER_UID, "uid-1", Ownership.OWNER, "default/poc"));
    private static final Thing OTHERS = new Thing("vpc-2", Map.of(Ownership.OWNER_UID, "uid-2", Ownership.OWNER, "default/web"));
    private static final Thing NOBODYS = new Thing("vpc-3", Map.of());
    private static final Thing OURS_TOO = new Thing("vpc-4", Map.of(Ownership.OWNER_UID, "uid-1", Ownership.OWNER, "default/poc"));

    private final Shown<Thing> shown = Shown.owned(List.of(OURS, OTHERS, NOBODYS, OURS_TOO), Thing::id, Thing::tags);

    @Test
    void findsByOwnerAndByIdWithoutTheRest() {
        assertThat(shown.by(Stream.of("uid-1", "vpc-3"))).containsExactly(OURS, NOBODYS, OURS_TOO);
        assertThat(shown.by(Stream.of("default/web"))).as("whose name it is, whatever its uid").containsExactly(OTHERS);
        assertThat(shown.by(Stream.of("uid-9"))).isEmpty();
    }

    /** Drivers list the one to keep first. */
    @Test
    void keepsTheOrderOfTheListingAndTellsEachOnce() {
        assertThat(shown.by(Stream.of("vpc-4", "default/poc", "uid-1"))).containsExactly(OURS, OURS_TOO);
        assertThat(shown.all()).containsExactly(OURS, OTHERS, NOBODYS, OURS_TOO);
    }
}
