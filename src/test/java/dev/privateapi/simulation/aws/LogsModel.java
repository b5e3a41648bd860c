package dev.privateapi.simulation.aws;

import dev.privateapi.simulation.aws.Errors.Code;
import dev.privateapi.simulation.aws.Thing.Seen;
import java.util.Map;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.cloudwatchlogs.model.*;

/** CloudWatch Logs' log groups. */
final class LogsModel extends ServiceModel implements CloudWatchLogsClient {

    LogsModel(World world, Place place, Caller caller) {
        super(world, place, caller, "logs", new Errors(CloudWatchLogsException::builder,
                new Code("ThrottlingException", 400), new Code("AccessDeniedException", 400)));
    }

    @Override
    public CreateLogGroupResponse createLogGroup(CreateLogGroupRequest request) {
        return call("CreateLogGroup", () -> {
            if (find(LogGroup.class, arn(request.logGroupName())).isPresent()) {
                throw refuse("ResourceAlreadyExistsException", 400, "The specified log group already exists");
            }
            String arn = arn(request.logGroupName());
            LogGroup group = LogGroup.builder().logGroupName(request.logGroupName()).arn(arn + ":*").logGroupArn(arn)
                    .logGroupClass("STANDARD").build();
            add(arn, "", group, request.hasTags() ? request.tags() : Map.of());
            return CreateLogGroupResponse.builder().build();
        });
    }

    private String arn(String name) {
        return place.arn("logs", "log-group:" + name);
    }

    private Thing<LogGroup> group(String arn) {
        return find(LogGroup.class, arn).orElseThrow(() ->
                refuse("ResourceNotFoundException", 400, "The specified log group does not exist."));
    }

    @Override
    public DescribeLogGroupsResponse describeLogGroups(DescribeLogGroupsRequest request) {
        return call("DescribeLogGroups", () -> DescribeLogGroupsResponse.builder().logGroups(listed(LogGroup.class)
                .map(Seen::state).filter(it -> it.logGroupName().startsWith(request.logGroupNamePrefix())).toList()).build());
    }

    @Override
    public PutRetentionPolicyResponse putRetentionPolicy(PutRetentionPolicyRequest request) {
        return call("PutRetentionPolicy", () -> {
            group(arn(request.logGroupName())).change(it -> it.toBuilder().retentionInDays(request.retentionInDays()).build());
            return PutRetentionPolicyResponse.builder().build();
        });
    }

    @Override
    public ListTagsForResourceResponse listTagsForResource(ListTagsForResourceRequest request) {
        return call("ListTagsForResource", () ->
                ListTagsForResourceResponse.builder().tags(group(request.resourceArn()).listed().tags()).build());
    }

    @Override
    public TagResourceResponse tagResource(TagResourceRequest request) {
        return call("TagResource", () -> {
            group(request.resourceArn()).tag(request.tags());
            return TagResourceResponse.builder().build();
        });
    }

    @Override
    public UntagResourceResponse untagResource(UntagResourceRequest request) {
        return call("UntagResource", () -> {
            group(request.resourceArn()).untag(request.tagKeys());
            return UntagResourceResponse.builder().build();
        });
    }

    @Override
    public DeleteLogGroupResponse deleteLogGroup(DeleteLogGroupRequest request) {
        return call("DeleteLogGroup", () -> {
            world.remove(group(arn(request.logGroupName())));
            return DeleteLogGroupResponse.builder().build();
        });
    }
}
