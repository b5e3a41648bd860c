package dev.privateapi.ownership;

import dev.privateapi.model.ResourceKey;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;

/**
 * One create of one resource: what makes it recognisable afterwards, also if its answer is lost.
 *
 * @param incarnation tells this create from an earlier one of the same resource
 */
public record Birth(Owner owner, ResourceKey key, String incarnation) {

    public Map<String, String> tags() {
        return Ownership.tags(owner, key);
    }

    /**
     * The same for each repetition of this create and different from every other: AWS answers a repeated client token
     * with the object of the first call. 36 characters, which every AWS API takes (ECS takes no more, EC2 64).
     */
    public String token() {
        String seed = owner.uid() + "/" + key.name() + "/" + incarnation;
        return UUID.nameUUIDFromBytes(seed.getBytes(StandardCharsets.UTF_8)).toString();
    }

    public Name name() {
        return new Name(owner, key);
    }
}
