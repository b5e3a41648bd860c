/**
 * The container and what runs it: roles, log group, cluster, security group, task definition, and the service on Fargate.
 */
package dev.privateapi.layers.service;
