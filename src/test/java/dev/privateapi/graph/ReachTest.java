package dev.privateapi.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.model.Kind;
import dev.privateapi.model.Need;
import dev.privateapi.model.Plan;
import dev.privateapi.model.Problem;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.model.Step;
import dev.privateapi.model.Wait;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What an edit does not reach is changed without a look, and what it reaches needlessly is a listing of the whole fleet. */
class ReachTest {

    private static final ResourceKey VPC = new ResourceKey(Kind.VPC, "network/vpc");
    private static final ResourceKey SUBNET = new ResourceKey(Kind.SUBNET, "network/subnet/a");
    private static final ResourceKey NLB = new ResourceKey(Kind.LOAD_BALANCER, "load-balancer/nlb");
    private static final ResourceKey LINK = new ResourceKey(Kind.VPC_LINK, "api/vpc-link");
    private static final ResourceKey API = new ResourceKey(Kind.REST_API, "api/rest-api");
    private static final ResourceKey STAGE = new ResourceKey(Kind.STAGE, "api/stage/live");
    private static final List<Node> WANTED = List.of(
            Wish.of(VPC), Wish.of(SUBNET, Need.exists(VPC)), Wish.of(NLB, Need.exists(SUBNET)),
            Wish.of(LINK, Need.ready(NLB)), Wish.of(API), Wish.of(STAGE, Need.exists(API)));

    private static Set<Kind> reach(Plan plan) {
        return Reach.of(plan, WANTED, kind -> kind == Kind.STAGE ? List.of(Kind.REST_API) : List.of());
    }

    private static Plan change(ResourceKey key) {
        return new Plan(List.of(new Step(key, Step.Verb.UPDATE, "id", List.of(), it -> Optional.empty())), List.of(), Map.of());
    }

    @Test
    void planWithNothingToDoReachesNothing() {
        assertThat(reach(new Plan(List.of(), List.of(), Map.of()))).isEmpty();
    }

    /** The link may have to be made anew when its load balancer is, and a load balancer is in subnets. */
    @Test
    void changeReachesWhatNeedsItHoweverFarAndWhatItNeedsItself() {
        assertThat(reach(change(NLB))).containsExactlyInAnyOrder(Kind.SUBNET, Kind.LOAD_BALANCER, Kind.VPC_LINK);
        assertThat(reach(change(SUBNET)))
                .containsExactlyInAnyOrder(Kind.VPC, Kind.SUBNET, Kind.LOAD_BALANCER, Kind.VPC_LINK);
    }

    /** A stage is read by its API's id: with an API of before, a new one's stage would not be seen. */
    @Test
    void changeReachesWhatTheObjectIsReadBy() {
        Plan unwanted = change(new ResourceKey(Kind.STAGE, "api/stage/old"));

        assertThat(reach(unwanted)).as("also of what nothing wants any more").containsExactlyInAnyOrder(Kind.STAGE, Kind.REST_API);
    }

    @Test
    void whatIsWaitedForOrSeemsAmissIsReachedToo() {
        Plan waiting = new Plan(List.of(), List.of(new Wait(LINK, Wait.Cause.PENDING, LINK, "not yet")), Map.of());
        Plan amiss = new Plan(List.of(), List.of(), Map.of(API, new Problem(Problem.Category.AMBIGUOUS, "two of them")));

        assertThat(reach(waiting)).containsExactlyInAnyOrder(Kind.LOAD_BALANCER, Kind.VPC_LINK);
        assertThat(reach(amiss)).containsExactlyInAnyOrder(Kind.REST_API, Kind.STAGE);
    }
}
