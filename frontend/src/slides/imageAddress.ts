/** Where the server has an image, or its small form. */
export function imageAddress(id: string, small: boolean): string {
  return `/api/images/${encodeURIComponent(id)}${small ? "/thumbnail" : ""}`;
}
