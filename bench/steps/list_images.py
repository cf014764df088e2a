# Lists the images of a repository with boto3's paginator, in pages of its own size or that of the second argument; prints the milliseconds that the listing took.
import sys
import time

import boto3

ecr = boto3.client("ecr")
pages = {"PaginationConfig": {"PageSize": int(sys.argv[2])}} if len(sys.argv) > 2 else {}
started = time.perf_counter()
count = sum(len(page["imageDetails"]) for page in ecr.get_paginator("describe_images").paginate(repositoryName=sys.argv[1], **pages))
print(f"{(time.perf_counter() - started) * 1000:.0f}")
