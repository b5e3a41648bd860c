locals {
  # API Gateway turns `execute-api:/*` into the API's whole ARN, which the provider would see as a difference.
  everything = "${aws_api_gateway_rest_api.main.execution_arn}/*"
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      { Effect = "Allow", Principal = "*", Action = "execute-api:Invoke", Resource = local.everything },
      {
        Effect    = "Deny", Principal = "*", Action = "execute-api:Invoke", Resource = local.everything
        Condition = { StringNotEquals = { "aws:SourceVpce" = aws_vpc_endpoint.api.id } }
      },
    ]
  })
  backend = "http://${aws_lb.main.dns_name}:${local.port}"
  link    = "$${stageVariables.vpcLinkId}" # a link that a stage names by a variable can be deleted before the methods
}

resource "aws_api_gateway_rest_api" "main" {
  name = "poc"

  endpoint_configuration {
    types            = ["PRIVATE"]
    vpc_endpoint_ids = [aws_vpc_endpoint.api.id]
  }

  put_rest_api_mode = "merge" # what the provider asks for when an API is private

  body = !var.openapi ? null : jsonencode({
    openapi = "3.0.1"
    info    = { title = "poc", version = "1" }
    paths = {
      "/" = {
        get = {
          responses = {}
          x-amazon-apigateway-integration = {
            type           = "http_proxy", httpMethod = "GET", uri = "${local.backend}/"
            connectionType = "VPC_LINK", connectionId = local.link
          }
        }
      }
      "/{proxy+}" = {
        x-amazon-apigateway-any-method = {
          parameters = [{ name = "proxy", in = "path", required = true, schema = { type = "string" } }]
          responses  = {}
          x-amazon-apigateway-integration = {
            type              = "http_proxy", httpMethod = "ANY", uri = "${local.backend}/{proxy}"
            connectionType    = "VPC_LINK", connectionId = local.link
            requestParameters = { "integration.request.path.proxy" = "method.request.path.proxy" }
          }
        }
      }
    }
  })
}

resource "aws_api_gateway_rest_api_policy" "main" {
  rest_api_id = aws_api_gateway_rest_api.main.id
  policy      = local.policy
}

# ---- methods one by one, unless the document has them

resource "aws_api_gateway_method" "root" {
  count         = var.openapi ? 0 : 1
  rest_api_id   = aws_api_gateway_rest_api.main.id
  resource_id   = aws_api_gateway_rest_api.main.root_resource_id
  http_method   = "GET"
  authorization = "NONE"
}

resource "aws_api_gateway_integration" "root" {
  count                   = var.openapi ? 0 : 1
  rest_api_id             = aws_api_gateway_rest_api.main.id
  resource_id             = aws_api_gateway_rest_api.main.root_resource_id
  http_method             = aws_api_gateway_method.root[0].http_method
  type                    = "HTTP_PROXY"
  integration_http_method = "GET"
  uri                     = "${local.backend}/"
  connection_type         = "VPC_LINK"
  connection_id           = local.link
}

resource "aws_api_gateway_resource" "proxy" {
  count       = var.openapi ? 0 : 1
  rest_api_id = aws_api_gateway_rest_api.main.id
  parent_id   = aws_api_gateway_rest_api.main.root_resource_id
  path_part   = "{proxy+}"
}

resource "aws_api_gateway_method" "proxy" {
  count              = var.openapi ? 0 : 1
  rest_api_id        = aws_api_gateway_rest_api.main.id
  resource_id        = aws_api_gateway_resource.proxy[0].id
  http_method        = "ANY"
  authorization      = "NONE"
  request_parameters = { "method.request.path.proxy" = true }
}

resource "aws_api_gateway_integration" "proxy" {
  count                   = var.openapi ? 0 : 1
  rest_api_id             = aws_api_gateway_rest_api.main.id
  resource_id             = aws_api_gateway_resource.proxy[0].id
  http_method             = aws_api_gateway_method.proxy[0].http_method
  type                    = "HTTP_PROXY"
  integration_http_method = "ANY"
  uri                     = "${local.backend}/{proxy}"
  connection_type         = "VPC_LINK"
  connection_id           = local.link
  request_parameters      = { "integration.request.path.proxy" = "method.request.path.proxy" }
}

# ---- what is served

resource "aws_api_gateway_vpc_link" "main" {
  name        = "poc"
  target_arns = [aws_lb.main.arn]
}

resource "aws_api_gateway_deployment" "main" {
  rest_api_id = aws_api_gateway_rest_api.main.id

  triggers = {
    redeployment = sha1(jsonencode([
      aws_api_gateway_rest_api.main.body,
      aws_api_gateway_rest_api_policy.main.policy,
      [for method in concat(aws_api_gateway_integration.root, aws_api_gateway_integration.proxy) :
      [method.id, method.uri, method.connection_id]],
    ]))
  }

  lifecycle { create_before_destroy = true }
}

resource "aws_api_gateway_stage" "live" {
  rest_api_id   = aws_api_gateway_rest_api.main.id
  deployment_id = aws_api_gateway_deployment.main.id
  stage_name    = "live"
  variables     = { vpcLinkId = aws_api_gateway_vpc_link.main.id }
}

output "url" {
  value = "https://${aws_api_gateway_rest_api.main.id}.execute-api.${local.region}.amazonaws.com/${aws_api_gateway_stage.live.stage_name}"
}
