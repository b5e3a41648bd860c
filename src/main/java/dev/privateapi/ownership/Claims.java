package dev.privateapi.ownership;

import dev.privateapi.model.Kind;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ResourceKey;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * By what a stack knows its objects: the owner tag, and the ids that it wrote down. The tag decides. An id alone keeps an
 * object from being made a second time when somebody changed its tags: one without any owner is still the stack's, and gets
 * them back; one that names another owner is that owner's, and is neither touched nor replaced.
 *
 * @param recorded what the inventory says of each id
 */
public record Claims(Owner owner, Map<String, ResourceKey> recorded) {

    public Claims {
        recorded = Map.copyOf(recorded);
    }

    /**
     * What an object is to the stack.
     *
     * @param trouble why it is not the stack's any more; null if it is
     */
    public record Claim(ResourceKey key, Problem trouble) {

        public Optional<Problem> refusal() {
            return Optional.ofNullable(trouble);
        }

        public boolean own() {
            return trouble == null;
        }
    }

    /**
     * What an object with this id and these tags is to the stack; empty if it is none of its business. Of what is written
     * down the inventory knows better than a tag what it was made for: that tag is put right like any other.
     */
    public Optional<Claim> of(Kind kind, String id, Map<String, String> tags) {
        String uid = tags.getOrDefault(Ownership.OWNER_UID, "");
        Optional<ResourceKey> written = Optional.ofNullable(recorded.get(id)).filter(key -> key.kind() == kind);
        if (uid.equals(owner.uid())) {
            return written.or(() -> Ownership.key(owner, kind, tags)).map(key -> new Claim(key, null));
        }
        return written.map(key -> new Claim(key, uid.isBlank() ? null : givenAway(key, id, uid)));
    }

    /** Whether the tags name an owner, and not this one. */
    public boolean another(Map<String, String> tags) {
        String uid = tags.getOrDefault(Ownership.OWNER_UID, "");
        return !uid.isBlank() && !uid.equals(owner.uid());
    }

    /** Whether it is the stack's. */
    public boolean own(Kind kind, String id, Map<String, String> tags) {
        return of(kind, id, tags).filter(Claim::own).isPresent();
    }

    /** Whether an object is worth a look whatever its name is. */
    public boolean knows(Kind kind, String id) {
        return Optional.ofNullable(recorded.get(id)).filter(key -> key.kind() == kind).isPresent();
    }

    /** The ids that are written down of one kind, without those that {@code listed} has. */
    public Collection<String> unlisted(Kind kind, Collection<String> listed) {
        return recorded.keySet().stream().filter(id -> knows(kind, id) && !listed.contains(id)).sorted().toList();
    }

    private Problem givenAway(ResourceKey key, String id, String uid) {
        return new Problem(Category.FOREIGN, key.kind().typeName() + " " + id + ", which this stack made as " + key
                + ", now carries the tag " + Ownership.OWNER_UID + "=" + uid + " of another owner, so it is neither changed nor"
                + " replaced. Take that tag off, or set it to " + owner.uid() + ", to give it back; or delete the object to"
                + " have it made anew.");
    }
}
