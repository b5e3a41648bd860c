package dev.privateapi.simulation.aws;

import dev.privateapi.simulation.aws.Errors.Code;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import software.amazon.awssdk.services.iam.IamClient;
import software.amazon.awssdk.services.iam.model.*;

/** IAM's roles. A new one is shown by listings, and known to ECS, some seconds after it was made. */
final class IamModel extends ServiceModel implements IamClient {

    IamModel(World world, Place place, Caller caller) {
        super(world, place.everywhere(), caller, "iam", new Errors(IamException::builder,
                new Code("Throttling", 400), new Code("AccessDenied", 403)));
    }

    /** @param usable whether other services have heard of it */
    record KnownRole(RoleDetail sdk, boolean usable) {}

    @Override
    public CreateRoleResponse createRole(CreateRoleRequest request) {
        return call("CreateRole", () -> {
            String arn = "arn:aws:iam::" + place.account() + ":role" + request.path() + request.roleName();
            if (all(KnownRole.class).anyMatch(it -> it.state().sdk.roleName().equals(request.roleName()))) {
                throw refuse("EntityAlreadyExists", 409, "Role with name " + request.roleName() + " already exists.");
            }
            RoleDetail role = RoleDetail.builder().roleName(request.roleName()).arn(arn).path(request.path())
                    .assumeRolePolicyDocument(encoded(request.assumeRolePolicyDocument())).createDate(world.now())
                    .attachedManagedPolicies(List.of()).rolePolicyList(List.of()).build();
            Thing<KnownRole> made = add(arn, "", new KnownRole(role, false), tags(request.tags()));
            world.after(world.takes(Takes.ROLE_USABLE), () -> {
                if (!made.gone()) {
                    made.change(it -> new KnownRole(it.sdk, true));
                }
            });
            return CreateRoleResponse.builder().role(role(made)).build();
        });
    }

    private static String encoded(String document) {
        return URLEncoder.encode(document, StandardCharsets.UTF_8);
    }

    private static Role role(Thing<KnownRole> held) {
        RoleDetail detail = held.state().sdk;
        return Role.builder().roleName(detail.roleName()).arn(detail.arn()).path(detail.path())
                .assumeRolePolicyDocument(detail.assumeRolePolicyDocument()).tags(sdk(held.tags())).build();
    }

    private static Map<String, String> tags(Collection<Tag> tags) {
        return tags.stream().collect(Collectors.toMap(Tag::key, Tag::value));
    }

    private static List<Tag> sdk(Map<String, String> tags) {
        return tags.entrySet().stream().sorted(Map.Entry.comparingByKey())
                .map(it -> Tag.builder().key(it.getKey()).value(it.getValue()).build()).toList();
    }

    private Thing<KnownRole> role(String name) {
        return all(KnownRole.class).filter(it -> it.state().sdk.roleName().equals(name)).findFirst().orElseThrow(() ->
                refuse("NoSuchEntity", 404, "The role with name " + name + " cannot be found."));
    }

    @Override
    public GetRoleResponse getRole(GetRoleRequest request) {
        return call("GetRole", () -> GetRoleResponse.builder().role(role(role(request.roleName()))).build());
    }

    @Override
    public GetAccountAuthorizationDetailsResponse getAccountAuthorizationDetails(
            GetAccountAuthorizationDetailsRequest request) {
        return call("GetAccountAuthorizationDetails", () -> GetAccountAuthorizationDetailsResponse.builder()
                .isTruncated(false)
                .roleDetailList(listed(KnownRole.class).filter(it -> it.state().usable)
                        .map(it -> it.state().sdk.toBuilder().tags(sdk(it.tags())).build()).toList())
                .build());
    }

    @Override
    public UpdateAssumeRolePolicyResponse updateAssumeRolePolicy(UpdateAssumeRolePolicyRequest request) {
        return call("UpdateAssumeRolePolicy", () -> {
            change(request.roleName(), it -> it.assumeRolePolicyDocument(encoded(request.policyDocument())));
            return UpdateAssumeRolePolicyResponse.builder().build();
        });
    }

    private void change(String name, Consumer<RoleDetail.Builder> change) {
        role(name).change(it -> new KnownRole(it.sdk.toBuilder().applyMutation(change).build(), it.usable));
    }

    @Override
    public AttachRolePolicyResponse attachRolePolicy(AttachRolePolicyRequest request) {
        return call("AttachRolePolicy", () -> {
            List<AttachedPolicy> others = attachedBut(request.policyArn(), request.roleName());
            AttachedPolicy policy = AttachedPolicy.builder().policyArn(request.policyArn())
                    .policyName(request.policyArn().substring(request.policyArn().lastIndexOf('/') + 1)).build();
            change(request.roleName(), it -> it.attachedManagedPolicies(
                    Stream.concat(others.stream(), Stream.of(policy)).toList()));
            return AttachRolePolicyResponse.builder().build();
        });
    }

    private List<AttachedPolicy> attachedBut(String policyArn, String name) {
        return role(name).state().sdk.attachedManagedPolicies().stream()
                .filter(it -> !it.policyArn().equals(policyArn)).toList();
    }

    @Override
    public DetachRolePolicyResponse detachRolePolicy(DetachRolePolicyRequest request) {
        return call("DetachRolePolicy", () -> {
            List<AttachedPolicy> others = attachedBut(request.policyArn(), request.roleName());
            if (others.size() == role(request.roleName()).state().sdk.attachedManagedPolicies().size()) {
                throw refuse("NoSuchEntity", 404, "Policy " + request.policyArn() + " was not found.");
            }
            change(request.roleName(), it -> it.attachedManagedPolicies(others));
            return DetachRolePolicyResponse.builder().build();
        });
    }

    @Override
    public PutRolePolicyResponse putRolePolicy(PutRolePolicyRequest request) {
        return call("PutRolePolicy", () -> {
            change(request.roleName(), it -> it.rolePolicyList(PolicyDetail.builder().policyName(request.policyName())
                    .policyDocument(encoded(request.policyDocument())).build()));
            return PutRolePolicyResponse.builder().build();
        });
    }

    @Override
    public DeleteRolePolicyResponse deleteRolePolicy(DeleteRolePolicyRequest request) {
        return call("DeleteRolePolicy", () -> {
            List<PolicyDetail> some = role(request.roleName()).state().sdk.rolePolicyList();
            List<PolicyDetail> others = some.stream().filter(it -> !it.policyName().equals(request.policyName())).toList();
            if (others.size() == some.size()) {
                throw refuse("NoSuchEntity", 404, "The role policy with name " + request.policyName() + " cannot be found.");
            }
            change(request.roleName(), it -> it.rolePolicyList(others));
            return DeleteRolePolicyResponse.builder().build();
        });
    }

    @Override
    public TagRoleResponse tagRole(TagRoleRequest request) {
        return call("TagRole", () -> {
            role(request.roleName()).tag(tags(request.tags()));
            return TagRoleResponse.builder().build();
        });
    }

    @Override
    public UntagRoleResponse untagRole(UntagRoleRequest request) {
        return call("UntagRole", () -> {
            role(request.roleName()).untag(request.tagKeys());
            return UntagRoleResponse.builder().build();
        });
    }

    @Override
    public DeleteRoleResponse deleteRole(DeleteRoleRequest request) {
        return call("DeleteRole", () -> {
            Thing<KnownRole> role = role(request.roleName());
            if (!role.state().sdk.attachedManagedPolicies().isEmpty() || !role.state().sdk.rolePolicyList().isEmpty()) {
                throw refuse("DeleteConflict", 409, "Cannot delete entity, must detach all policies first.");
            }
            world.remove(role);
            return DeleteRoleResponse.builder().build();
        });
    }
}
