package dev.privateapi.graph;

import dev.privateapi.model.Live;
import dev.privateapi.model.Need;
import dev.privateapi.model.Refs;
import dev.privateapi.model.ResourceKey;
import dev.privateapi.model.Step;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A node whose object is as wanted unless its name says {@code drifted}. */
record Wish(ResourceKey key, List<Need> needs, Optional<String> referencedId) implements Node {

    static Wish of(ResourceKey key, Need... needs) {
        return new Wish(key, List.of(needs), Optional.empty());
    }

    static Wish existing(ResourceKey key, String id) {
        return new Wish(key, List.of(), Optional.of(id));
    }

    @Override
    public Object desired() {
        return key.name();
    }

    @Override
    public Step create(Refs refs) {
        needs.forEach(need -> refs.id(need.key()));
        return new Step(key, Step.Verb.CREATE, "", List.of(), incarnation -> Optional.empty());
    }

    @Override
    public Optional<String> misfit(Live offered, Refs refs) {
        return Stream.of("it does not fit").filter(why -> "misfit".equals(offered.object())).findFirst();
    }

    @Override
    public Step adopt(Live offered) {
        return new Step(key, Step.Verb.ADOPT, offered.id(), List.of(), incarnation -> Optional.empty());
    }

    @Override
    public Optional<Step> change(Live live, Refs refs) {
        return Stream.of(live).filter(it -> "drifted".equals(it.object())).findFirst()
                .map(it -> new Step(key, Step.Verb.UPDATE, live.id(), List.of("value: a → b"), incarnation -> Optional.empty()));
    }
}
