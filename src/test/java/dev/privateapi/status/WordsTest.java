package dev.privateapi.status;

import static org.assertj.core.api.Assertions.assertThat;

import dev.privateapi.layers.Keys;
import dev.privateapi.model.Kind;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.model.Step;
import dev.privateapi.model.Wait;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class WordsTest {

    private final Words words = new Words(new Expectations() {
        @Override
        public Duration untilReady(Kind kind) {
            return kind == Kind.VPC_LINK ? Duration.ofSeconds(180) : Duration.ofSeconds(3);
        }

        @Override
        public Duration untilScaled() {
            return Duration.ofSeconds(45);
        }

        @Override
        public Duration untilGone(Kind kind) {
            return Duration.ofSeconds(90);
        }
    });

    @ParameterizedTest
    @CsvSource({"20, 20 seconds", "59, 59 seconds", "60, 1 minute", "74, 1 minute", "90, 1.5 minutes", "155, 2.5 minutes",
        "180, 3 minutes", "210, 3.5 minutes"})
    void speaksOfTimeAsPeopleDo(long seconds, String spoken) {
        assertThat(Words.spoken(Duration.ofSeconds(seconds))).isEqualTo(spoken);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void hasANameForEveryKind(Kind kind) {
        assertThat(words.waiting(Told.pending(new ResourceKey(kind, "network/x")))).matches("Waiting for the \\S.* network/x.*[.]");
    }

    @Test
    void saysOfTasksAloneHowLongTasksTake() {
        assertThat(words.waiting(new Wait(Keys.SERVICE, Wait.Cause.SCALING, Keys.SERVICE, "")))
                .endsWith(" service/service: AWS usually takes about 45 seconds.");
    }

    @Test
    void doesNotSayHowLongShortThingsTake() {
        assertThat(words.waiting(Told.pending(Keys.VPC))).isEqualTo("Waiting for the VPC network/vpc.");
    }

    @Test
    void tellsWhatAwsWorksOnBeforeWhatWaitsForThat() {
        List<Wait> waits = Arrays.asList(
                Told.other(Keys.SERVICE, Keys.VPC), Told.pending(Keys.VPC), Told.pending(Keys.VPC_LINK));

        assertThat(words.longest(waits)).contains(Told.pending(Keys.VPC_LINK));
        Collections.reverse(waits);
        assertThat(words.longest(waits)).as("in whatever order they come").contains(Told.pending(Keys.VPC_LINK));
    }

    @Test
    void ranksEveryCategory() {
        Map<ResourceKey, Problem> known = Map.of(Keys.SERVICE, new Problem(Category.DENIED, ""));
        for (Category category : Category.values()) {
            Map<ResourceKey, Problem> two = Map.of(
                    Keys.SERVICE, new Problem(Category.DENIED, ""), Keys.VPC_LINK, new Problem(category, ""));
            assertThat(Words.worst(two).orElseThrow().getKey()).as("a category that is not ranked would come first: " + category)
                    .isEqualTo(Words.worst(known).orElseThrow().getKey());
        }
    }

    @Test
    void namesAFewStepsAndCountsTheOthers() {
        List<Step> steps = IntStream.range(0, 7).mapToObj(i -> Told.step(Keys.subnet("10.1." + i + ".0/24"), Step.Verb.CREATE)).toList();

        assertThat(Words.steps(steps)).contains("create AWS::EC2::Subnet network/subnet/10.1.4.0/24; and 2 more.")
                .doesNotContain("10.1.5.0");
    }
}
