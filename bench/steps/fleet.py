"""boto3 with threads on many repositories: fleet.py create PREFIX COUNT THREADS, or fleet.py list PREFIX THREADS."""
import json
import sys
from concurrent.futures import ThreadPoolExecutor

import boto3
from botocore.config import Config

POLICY = json.dumps({"rules": [
    {"rulePriority": 1, "selection": {"tagStatus": "untagged", "countType": "sinceImagePushed", "countUnit": "days", "countNumber": 7},
     "action": {"type": "expire"}},
    {"rulePriority": 2, "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 10}, "action": {"type": "expire"}},
]})


def create(name):
    ecr.create_repository(repositoryName=name)
    ecr.put_lifecycle_policy(repositoryName=name, lifecyclePolicyText=POLICY)


def images(name):
    return sum(len(page["imageDetails"]) for page in ecr.get_paginator("describe_images").paginate(repositoryName=name))


threads = int(sys.argv[-1])
ecr = boto3.client("ecr", config=Config(max_pool_connections=threads))
with ThreadPoolExecutor(threads) as pool:
    if sys.argv[1] == "create":
        list(pool.map(create, [f"{sys.argv[2]}/{i}" for i in range(int(sys.argv[3]))]))
    else:
        pages = ecr.get_paginator("describe_repositories").paginate()
        names = [r["repositoryName"] for page in pages for r in page["repositories"] if r["repositoryName"].startswith(sys.argv[2] + "/")]
        print(sum(pool.map(images, names)))
