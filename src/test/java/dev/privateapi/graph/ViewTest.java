package dev.privateapi.graph;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.privateapi.model.Kind;
import dev.privateapi.model.Live;
import dev.privateapi.model.Phase;
import dev.privateapi.model.ResourceKey;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ViewTest {

    private static final ResourceKey API = new ResourceKey(Kind.REST_API, "api/rest-api");

    private final Live going = Live.of(API, "api-0", Phase.DELETING, "");
    private final Live one = Live.of(API, "api-1", Phase.READY, "");
    private final Live two = Live.of(API, "api-2", Phase.READY, "");
    private final View view = View.of(List.of(going, one, two));

    @Test
    void refersToTheFirstThatCanBeBuiltOn() {
        assertThat(view.id(API)).isEqualTo("api-1");
    }

    @Test
    void saysWhatIsMissingInsteadOfReferringToNothing() {
        assertThatThrownBy(() -> View.of(List.of(going)).id(API)).hasMessageContaining("api/rest-api");
    }

    @Test
    void stepThatCreatedAddsItsObject() {
        View empty = View.of(List.of());

        assertThat(empty.after(API, "", Optional.of(one)).of(API)).containsExactly(one);
        assertThat(empty.of(API)).as("a view does not change").isEmpty();
    }

    @Test
    void stepThatChangedReplacesItsObjectAndLeavesTheOthers() {
        Live changed = one.in(Phase.PENDING);

        assertThat(view.after(API, "api-1", Optional.of(changed)).of(API)).containsExactlyInAnyOrder(going, changed, two);
    }

    @Test
    void stepThatFoundAnObjectSeenAlreadyShowsItOnce() {
        assertThat(view.after(API, "", Optional.of(two)).of(API)).containsExactlyInAnyOrder(going, one, two);
    }

    @Test
    void stepThatDeletedRemovesItsObject() {
        assertThat(view.after(API, "api-1", Optional.empty()).of(API)).containsExactly(going, two);
        assertThat(view.after(API, "api-1", Optional.empty()).id(API)).as("and others refer to the next").isEqualTo("api-2");
    }
}
