package dev.privateapi.ownership;

import dev.privateapi.model.Kind;
import dev.privateapi.model.Problem;
import dev.privateapi.model.Problem.Category;
import dev.privateapi.model.ResourceKey;
import java.util.Collection;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * By what a stack knows its objects: the owner tag, the ids that it wrote down, and what a person says. The tag decides. An id
 * that was written down keeps an object from being made a second time when somebody changed its tags: one without any owner
 * is still the stack's, and gets them back; one that names another owner is that owner's, and is neither touched nor replaced.
 *
 * @param recorded what the inventory says of each id
 * @param offered what a person says of each id
 * @param earlier the uids of earlier resources of the same name, whose objects are the stack's now
 */
public record Claims(
        Owner owner, Map<String, ResourceKey> recorded, Map<String, ResourceKey> offered, Set<String> earlier) {

    public Claims {
        recorded = Map.copyOf(recorded);
        offered = Map.copyOf(offered);
        earlier = Set.copyOf(earlier);
    }

    public Claims(Owner owner, Map<String, ResourceKey> recorded) {
        this(owner, recorded, Map.of(), Set.of());
    }

    /** What an object is to the stack. */
    public sealed interface Claim {

        ResourceKey key();

        /** The stack's. */
        record Own(ResourceKey key) implements Claim {}

        /** Nobody's, and a person says that it is to be the stack's. */
        record Offered(ResourceKey key) implements Claim {}

        /** Somebody else's, in the place of one of the stack's. */
        record Refused(ResourceKey key, Problem problem) implements Claim {}
    }

    /**
     * What an object with this id and these tags is to the stack; empty if it is none of its business. Of what is written
     * down the inventory knows better than a tag what it was made for: that tag is put right like any other.
     */
    public Optional<Claim> of(Kind kind, String id, Map<String, String> tags) {
        String uid = tags.getOrDefault(Ownership.OWNER_UID, "");
        Optional<ResourceKey> written = of(recorded, kind, id);
        Optional<ResourceKey> named = Ownership.key(kind, tags);
        if (uid.equals(owner.uid()) || earlier.contains(uid) && ofSameName(tags)) {
            return written.or(() -> named).map(Claim.Own::new);
        }
        return of(offered, kind, id).<Claim>map(key -> offer(key, id, uid, tags))
                .or(() -> written.map(key ->
                        uid.isBlank() ? new Claim.Own(key) : new Claim.Refused(key, givenAway(key, id, uid, tags))))
                .or(() -> named.filter(key -> earlier.contains(uid))
                        .map(key -> new Claim.Refused(key, elsewhere(key, id, uid, tags))))
                .or(() -> named.filter(key -> ofSameName(tags))
                        .map(key -> new Claim.Refused(key, earlier(key, id, uid))));
    }

    private static Optional<ResourceKey> of(Map<String, ResourceKey> ids, Kind kind, String id) {
        return Optional.ofNullable(ids.get(id)).filter(key -> key.kind() == kind);
    }

    /** Of this installation and under the same name, whichever resource that was. */
    private boolean ofSameName(Map<String, String> tags) {
        return owner.cluster().equals(tags.get(Ownership.CLUSTER)) && owner.path().equals(tags.get(Ownership.OWNER));
    }

    private Claim offer(ResourceKey key, String id, String uid, Map<String, String> tags) {
        if (!uid.isBlank() && !earlier.contains(uid)) {
            return new Claim.Refused(key, adoption(id, key, "it carries " + Ownership.OWNER_UID + "=" + uid + " of "
                    + tags.getOrDefault(Ownership.OWNER, "another owner") + ". If it is to be taken from that owner, write"
                    + " owner-uid=" + uid + " into the annotation too"));
        }
        return owner.path().equals(tags.get(Adoption.CONSENT))
                ? new Claim.Offered(key)
                : new Claim.Refused(key, adoption(id, key, "it does not say so itself: give it the tag "
                        + Adoption.CONSENT + "=" + owner.path()));
    }

    /** Whether it is the stack's. */
    public boolean own(Kind kind, String id, Map<String, String> tags) {
        return of(kind, id, tags).filter(Claim.Own.class::isInstance).isPresent();
    }

    /** Whether the tags name an owner, and not this one. */
    public boolean another(Map<String, String> tags) {
        String uid = tags.getOrDefault(Ownership.OWNER_UID, "");
        return !uid.isBlank() && !uid.equals(owner.uid()) && !(earlier.contains(uid) && ofSameName(tags));
    }

    /** Whether an object is worth a look whatever its name is. */
    public boolean knows(Kind kind, String id) {
        return of(recorded, kind, id).or(() -> of(offered, kind, id)).isPresent();
    }

    /** Whatever an object has that {@link #of} can know it by: a uid, the owner's path, or an id. */
    public Stream<String> keys() {
        Stream<String> owners = Stream.concat(Stream.of(owner.uid(), owner.path()), earlier.stream());
        return Stream.concat(owners, Stream.concat(recorded.keySet().stream(), offered.keySet().stream()));
    }

    /** The id that is written down of a resource. */
    public Optional<String> id(ResourceKey key) {
        return recorded.entrySet().stream().filter(it -> it.getValue().equals(key)).map(Map.Entry::getKey).findFirst();
    }

    /** The ids of one kind that are written down or that a person names. */
    public Stream<String> ids(Kind kind) {
        return Stream.concat(recorded.keySet().stream(), offered.keySet().stream())
                .filter(id -> knows(kind, id)).distinct().sorted();
    }

    /** The same, without those that {@code listed} has. */
    public Stream<String> unlisted(Kind kind, Collection<String> listed) {
        return ids(kind).filter(id -> !listed.contains(id));
    }

    /** Under whose uids this stack's names may have been made: its own first. */
    public Stream<Owner> namers() {
        return Stream.concat(Stream.of(owner.uid()), earlier.stream().sorted()).distinct()
                .map(uid -> new Owner(uid, owner.namespace(), owner.name(), owner.cluster()));
    }

    private Problem givenAway(ResourceKey key, String id, String uid, Map<String, String> tags) {
        String restored = ofSameName(tags) ? " If it is this resource's of before a restoration, write the annotation "
                + Adoption.ANNOTATION + ": owner-uid=" + uid + "." : "";
        return new Problem(Category.FOREIGN, typed(key, id) + ", which this stack made as " + key
                + ", now carries the tag " + Ownership.OWNER_UID + "=" + uid + " of another owner, so it is neither changed nor"
                + " replaced. Take that tag off, or set it to " + owner.uid() + ", to give it back; or delete the object to"
                + " have it made anew." + restored);
    }

    private Problem earlier(ResourceKey key, String id, String uid) {
        return new Problem(Category.ADOPTION, typed(key, id) + " belongs to an earlier PrivateApiStack " + owner.path()
                + ", and nothing is made beside what that one left. To take all of it over, write the annotation "
                + Adoption.ANNOTATION + ": owner-uid=" + uid + " on this resource; otherwise delete it.");
    }

    private Problem elsewhere(ResourceKey key, String id, String uid, Map<String, String> tags) {
        return new Problem(Category.ADOPTION, typed(key, id) + " carries owner-uid=" + uid + ", as the annotation "
                + Adoption.ANNOTATION + " says, but is of " + tags.get(Ownership.OWNER) + " of the installation "
                + tags.get(Ownership.CLUSTER) + ", and this is " + owner.path() + " of " + owner.cluster()
                + ". Start the operator with the PRIVATEAPI_CLUSTER_ID of then, or correct the annotation.");
    }

    private static Problem adoption(String id, ResourceKey key, String because) {
        return new Problem(Category.ADOPTION, typed(key, id) + " is not adopted as " + key + ", because " + because + ".");
    }

    private static String typed(ResourceKey key, String id) {
        return key.kind().typeName() + " " + id;
    }
}
