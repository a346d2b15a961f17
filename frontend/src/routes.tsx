/**
 * All pages in one view. The home page comes with the first load; every further page is a chunk of
 * its own: `lazy(() => import("./pages/deploy/DeployPage"))` as the element of its route.
 */
import { BrowserRouter, Route, Routes } from "react-router";
import { HomePage } from "./pages/home/HomePage";
import { NotFoundPage } from "./pages/NotFoundPage";
import { Shell } from "./pages/Shell";

export function App() {
  return (
    <BrowserRouter>
      <Routes>
        <Route element={<Shell />}>
          <Route index element={<HomePage />} />
          <Route path="*" element={<NotFoundPage />} />
        </Route>
      </Routes>
    </BrowserRouter>
  );
}
